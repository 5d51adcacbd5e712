"""Tries Redis as the service would use it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from service.store.connection.probe import probe as probe_redis
from service.survey.errors import StoreError
from service.survey.summary import iso

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.commands.check.report import Report
    from service.store.connection.probe import Probe
    from service.store.deployments.accounts import Accounts
    from service.store.redis_store import RedisStore

SLOW: Final = 0.005  # seconds for a round trip; readers wait for one
REDIS_TIMEOUT: Final = 3.0
OLDEST: Final = (6, 2)


def try_store(report: Report, url: str | None, probe: Callable[..., Probe] = probe_redis) -> bool:
    """Reach Redis, write and read, and look at what could lose data. Returns whether Redis was reached."""
    report.title("Redis")
    if url is None:
        report.good("REDIS_URL is unset: `netigate-results run` starts an embedded server, for one machine")
        return False
    host = urlsplit(url).netloc.rpartition("@")[2] or urlsplit(url).path
    try:
        found = probe(url, timeout=REDIS_TIMEOUT)
    except StoreError as error:
        do = "Check REDIS_URL: scheme (rediss:// for TLS), host, port, user and password; and that a firewall lets it."
        report.bad(f"{host}: cannot be used ({error})", do)
        return False
    report.good(f"{host}: version {found.version}, {found.seconds * 1000:.1f} ms a round trip")
    if found.seconds > SLOW:
        report.note("each read waits for one round trip: put Redis nearer")
    if found.version_tuple < OLDEST:
        report.bad(f"version {found.version} is too old", "Use Redis 6.2 or later, or Valkey.")
    if found.policy not in {None, "noeviction"}:
        report.bad(f"maxmemory-policy is {found.policy}: results would vanish", "Set maxmemory-policy noeviction.")
    if found.persistent is False:
        report.note("it keeps nothing on disk: after a restart everything is read from Netigate again, events excepted")
    return True


def look_at_stored(report: Report, store: RedisStore) -> None:
    """Report what is stored of other accounts, and which values of this one cannot be read."""
    _tell_others(report, store.accounts)
    try:
        found = store.repair.look()
    except StoreError as error:
        report.bad(f"what is stored could not be looked at ({error})", "Try again.")
        return
    for line in found.lines():
        report.bad(f"damaged in Redis: {line}", "Heal it: `netigate-results repair`; a running worker does it too.")
    if not found.counts:
        report.good(f"{found.whole} stored keys are whole")


def _tell_others(report: Report, accounts: Accounts) -> None:
    try:
        found = accounts.others()
    except StoreError:
        report.note("whether other accounts' data is stored there could not be seen")
        return
    for other in found:
        if other.in_use:
            report.note(f"account {other.name}: {other.keys} keys, swept by another deployment")
            continue
        swept = "never" if other.last_swept is None else iso(datetime.fromtimestamp(other.last_swept / 1000, tz=UTC))
        report.note(
            f"account {other.name}: {other.keys} keys that nobody sweeps (last: {swept}), of another key or server"
        )
        report.plain(f"netigate-results purge --all --account {other.name}  (removes them)")
