"""Keeps a mistyped customer label from removing every customer's answers, at the start and while running."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.survey.errors import UpstreamError
from service.survey.identity import identity_items, label_items, same_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.store.survey_state import SurveyState
    from service.survey.questions.codebook import Codebook

log = structlog.get_logger()

DOUBT_SECONDS = 60.0  # other items are believed if the question tree, read again after this long, still names them
REFUSED = (
    "Cannot start: NETIGATE_CUSTOMER_LABEL names none of the question items that the {customers} stored customers' IDs "
    "came from, so all of them would be left without answers. Correct it, or start with --yes if that is meant."
)


def refusal(store: RedisStore, upstream: Upstream, surveys: Iterable[int], label: str) -> str | None:
    """Why a start with this label is refused, or None.

    Nothing is refused while Netigate cannot be asked: the worker then holds the last good items. Raises StoreError.
    """
    customers = store.reads.customer_count()
    taken = [_takes_away(store, upstream, survey, label) for survey in surveys] if customers else []
    known = [takes for takes in taken if takes is not None]
    return REFUSED.format(customers=customers) if known and all(known) else None


def _takes_away(store: RedisStore, upstream: Upstream, survey_id: int, label: str) -> bool | None:
    """Whether the survey's customers would lose their answers; None where it has no known customers."""
    state = store.control.state(survey_id)
    before = identity_items(state.identity)
    if before is None or not before[0]:
        return None
    if state.label is not None and same_label(state.label, label):
        return False  # the same label on other items is Netigate's doing: LabelGuard doubts that later
    try:
        tree = upstream.survey(survey_id)
        items = label_items(tree, label, {}) or label_items(tree, label, upstream.labels(survey_id))
    except UpstreamError:
        return False
    return before[0].isdisjoint(item.id for item in items)


class LabelGuard:
    """Decides which items a sweep takes the IDs from: those that the label names now, or the last good ones."""

    def __init__(self, label: str, time: Clock, *, accept: bool = False) -> None:
        """`accept`: the operator has confirmed what the label names at each survey's first reading."""
        self._label = label
        self._time = time
        self._accept = accept
        self._judged: set[int] = set()

    def judge(self, survey_id: int, state: SurveyState, how: Codebook) -> SurveyState:
        """The state, with the believed items as `identity` and items not believed yet as `doubted`."""
        if self._is_believed(survey_id, state, how):
            found = replace(state, identity=how.identity, label=self._label, doubted=None, doubted_at=None)
        elif state.doubted == how.identity:
            found = state
        else:
            now = int(self._time.now().timestamp() * 1000)
            found = replace(state, doubted=how.identity, doubted_at=now)
            log.error("customer_label_not_believed", survey_id=survey_id, items=len(how.customer_items))
        self._judged.add(survey_id)
        return found

    def held(self, how: Codebook, state: SurveyState) -> Codebook:
        """The codebook with the items that are believed."""
        return how.identified_by(state.identity, moved=same_label(state.label or "", self._label))

    def _is_believed(self, survey_id: int, state: SurveyState, how: Codebook) -> bool:
        before = identity_items(state.identity)
        if before is None or not before[0] or state.identity == how.identity:
            return True  # no customer loses answers
        if self._accept and survey_id not in self._judged:
            return True
        if not how.customer_items:
            return False
        if before[0].isdisjoint(how.customer_items) and not same_label(state.label or "", self._label):
            return False  # another label that names other items: only the operator can confirm that
        age = age_of(state.doubted_at, self._time.now())
        return state.doubted == how.identity and (age is None or age >= DOUBT_SECONDS)
