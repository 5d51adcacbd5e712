"""Tries Redis as the service would use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from service.store.connection.probe import probe as probe_redis
from service.survey.errors import StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.commands.check.report import Report
    from service.store.connection.probe import Probe

SLOW: Final = 0.005  # seconds for a round trip; readers wait for one
REDIS_TIMEOUT: Final = 3.0
OLDEST: Final = (6, 2)


def try_store(report: Report, url: str | None, probe: Callable[..., Probe] = probe_redis) -> None:
    """Reach Redis, write and read, and look at what could lose data."""
    report.title("Redis")
    if url is None:
        report.good("REDIS_URL is unset: `netigate-results run` starts an embedded server, for one machine")
        return
    host = urlsplit(url).netloc.rpartition("@")[2] or urlsplit(url).path
    try:
        found = probe(url, timeout=REDIS_TIMEOUT)
    except StoreAwayError as error:
        do = "Check REDIS_URL: scheme (rediss:// for TLS), host, port, user and password; and that a firewall lets it."
        report.bad(f"{host}: cannot be used ({error})", do)
        return
    report.good(f"{host}: version {found.version}, {found.seconds * 1000:.1f} ms a round trip")
    if found.seconds > SLOW:
        report.note("each read waits for one round trip: put Redis nearer")
    if found.version_tuple < OLDEST:
        report.bad(f"version {found.version} is too old", "Use Redis 6.2 or later, or Valkey.")
    if found.policy not in {None, "noeviction"}:
        report.bad(f"maxmemory-policy is {found.policy}: results would vanish", "Set maxmemory-policy noeviction.")
    if found.persistent is False:
        report.note("it keeps nothing on disk: after a restart everything is read from Netigate again, events excepted")
