"""What is wrong with a survey, or a destination of alerts, in words that name what happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from service.cache.freshness import age_of
from service.survey.doubt import FILTER_WRONG
from service.survey.summary import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.alerts.delivery_states import Backlog
    from service.store.survey_state import SurveyState

LATE_SECONDS: Final = 300.0  # age from which an undelivered alert is reported
LATE: Final = 3  # reconcile intervals; one may be missed for a good reason


def troubles_of(survey: int, state: SurveyState, tree: str | None, now: datetime, interval: float) -> Iterator[str]:
    """Reasons for `degraded`. `tree`: why its question tree is doubted; `interval`: seconds between two reconciles."""
    if state.held is not None:
        yield f"survey {survey} is held: {state.held}; the others go on, and nothing was removed"
    if state.alarm:
        yield f"survey {survey}: {state.alarm}; nothing was removed"
    if state.doubted is not None:
        yield (
            f"survey {survey}: the customer label names other question items than before, or none; the last ones "
            "are used"
        )
    if state.is_nobodys:
        yield f"survey {survey}: no item carries the customer label, so no customer has its answers"
    if tree is not None:
        yield f"survey {survey}: {tree}; the last good tree is used meanwhile"
    if state.filter_wrong is not None:
        yield f"survey {survey}: {FILTER_WRONG}; its answers are listed at each interval instead"
    if state.unreadable:
        yield f"survey {survey}: {state.unreadable} answer sets cannot be read: left out, or served as last read"
    compared = state.last_compared
    age = age_of(compared, now)
    if state.held is None and compared and age is not None and age > LATE * interval:
        moment = datetime.fromtimestamp(compared / 1000, tz=UTC)
        yield f"survey {survey} was last compared with Netigate's list at {iso(moment)}: deletions may be missed"


def alert_troubles(backlog: Backlog, now: datetime) -> Iterator[str]:
    """What is wrong with one destination of alerts, in words."""
    if backlog.parked:
        yield (
            f"alerts to {backlog.destination}: {backlog.parked} parked (netigate-results alerts --parked, then --retry)"
        )
    if backlog.since and backlog.lag(now) > LATE_SECONDS:
        since = iso(datetime.fromtimestamp(backlog.since / 1000, UTC))
        why = f", last answer: {backlog.cause}" if backlog.cause else ""
        yield f"alerts to {backlog.destination} wait since {since}{why}"
