"""The check from end to end."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from service.clock import SystemClock
from service.commands.check.place import look_at_stored, try_store
from service.commands.check.proofs import Patience
from service.commands.check.reach import Reached, Stopwatch, reach
from service.commands.check.surveys import ADD_IT, examine
from service.commands.check.what_is_on import On, tell_what_is_on
from service.netigate.protocol import Route
from service.store.connection.probe import probe as probe_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.commands.check.labels import Candidate
    from service.commands.check.reach import Connect
    from service.commands.check.report import Report
    from service.commands.check.surveys import Examined
    from service.ports import Clock
    from service.store.connection.probe import Probe
    from service.store.redis_store import RedisStore
    from service.survey.model import Survey
    from service.survey.scoring.scorer import Scorer

LISTED: Final = 30
EXAMINED: Final = 5  # surveys that are looked into when none is named: the newest
_EPOCH: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Given:
    """The options that are set already."""

    base_url: str
    servers: tuple[str, ...]  # Netigate's, the default first
    surveys: tuple[int, ...] = ()
    customer_label: str | None = None
    contact_label: str | None = None
    contact_name_label: str | None = None
    redis_url: str | None = None
    on: On = field(default_factory=On)


def check(
    report: Report,
    given: Given,
    connect: Connect,
    scorer: Scorer,
    probe: Callable[..., Probe] = probe_redis,
    store: Callable[[], RedisStore] | None = None,
    clock: Clock | None = None,
) -> int:
    """Run it all. Returns 0 if the service could start with the printed options, 1 if something must be fixed first."""
    stopwatch = Stopwatch()
    report.title("Netigate")
    reached = reach(report, given.base_url, given.servers, connect, stopwatch)
    examined: list[Examined] = []
    if reached:
        examined = _look(report, reached, given, scorer, Patience.of(clock or SystemClock()))
        _tell_speed(report, stopwatch, examined)
    if try_store(report, given.redis_url, probe) and store:
        look_at_stored(report, store())
    if reached:
        _print_options(report, given, reached, examined)
    tell_what_is_on(report, given.on)
    return report.end()


def _look(report: Report, reached: Reached, given: Given, scorer: Scorer, patience: Patience) -> list[Examined]:
    newest = sorted(reached.surveys, key=_created, reverse=True)
    report.good(f"{len(newest)} surveys are visible to this key")
    for survey in newest[:LISTED]:
        report.plain(f"{survey.id}  {survey.name}")
    if len(newest) > LISTED:
        report.plain(f"… and {len(newest) - LISTED} older ones")
    if not newest:
        report.bad("no survey is visible", "Give the key's user access to the surveys in Netigate.")
    wanted = list(given.surveys) or [survey.id for survey in newest[:EXAMINED]]
    if not given.surveys and len(newest) > EXAMINED:
        report.note(f"looking into the newest {EXAMINED}; name others with --survey")
    found = []
    for number, survey_id in enumerate(wanted):
        report.progress(number, len(wanted), f"reading survey {survey_id}")
        one = examine(
            report,
            reached.upstream,
            survey_id,
            scorer,
            patience,
            customer=given.customer_label,
            contact=given.contact_label,
            name=given.contact_name_label,
        )
        if one:
            found.append(one)
    if found and not given.customer_label and not any(one.customer for one in found):
        do = "Upload the CRM's customer ID as background data of the respondents, then: " + ADD_IT
        report.bad("no survey carries a label that looks like a customer ID", do)
    return found


def _created(survey: Survey) -> tuple[datetime, int]:
    return survey.created or _EPOCH, survey.id


def _tell_speed(report: Report, stopwatch: Stopwatch, examined: Sequence[Examined]) -> None:
    page = stopwatch.median(Route.ANSWERS_WITH_DATA.value)
    quick = stopwatch.median(Route.SURVEY.value)
    if page is None or quick is None:
        return
    report.title("Speed")
    report.good(f"a small call takes {quick:.2f} s, a page of answers {page:.2f} s")
    pages = sum(one.pages or 0 for one in examined)
    report.note(f"the first sweep of these surveys reads {pages} pages: about {max(pages * page, 1):.0f} s")


def _print_options(report: Report, given: Given, reached: Reached, examined: Sequence[Examined]) -> None:
    with_customer = [one for one in examined if one.customer]
    known = {one.survey.id for one in examined}
    surveys = [survey for survey in given.surveys if survey in known] or [one.survey.id for one in with_customer]
    customer = _to_set(given.customer_label, [one.customer for one in examined])
    contact = _to_set(given.contact_label, [one.contact for one in examined])
    report.title("Options to set")
    report.plain("NETIGATE_API_KEY=…  (the key that was used)")
    if reached.base_url != given.servers[0]:
        report.plain(f"NETIGATE_BASE_URL={reached.base_url}")
    report.plain(f"NETIGATE_SURVEYS={','.join(map(str, surveys)) or '…'}  (customer surveys only: no employee survey)")
    report.plain(f"NETIGATE_CUSTOMER_LABEL={shlex.quote(customer) if customer else '…'}")
    if contact:
        report.plain(f"NETIGATE_CONTACT_LABEL={shlex.quote(contact)}")
    if given.contact_name_label:
        report.plain(f"NETIGATE_CONTACT_NAME_LABEL={shlex.quote(given.contact_name_label)}")
    if given.redis_url:
        report.plain("REDIS_URL=…  (as it is)")
    report.plain(
        f"API_KEYS=…  ({'as it is' if given.on.callers else 'made by: netigate-results key crm --scope results'})"
    )


def _to_set(given: str | None, found: Sequence[Candidate | None]) -> str | None:
    """The label to print: the one that is set, unless no survey has it and another was found."""
    common = _common(found)
    if given is None or common is None:
        return given or common
    known = {name.casefold() for one in found if one for name in (one.name, str(one.label_id))}
    return given if given.casefold() in known else common


def _common(found: Sequence[Candidate | None]) -> str | None:
    """One way to write a label for all surveys: its name where that is the same, else its id."""
    named = [one for one in found if one]
    if not named:
        return None
    names = {one.name for one in named}
    ids = {one.label_id for one in named}
    return names.pop() if len(names) == 1 or len(ids) > 1 else str(ids.pop())
