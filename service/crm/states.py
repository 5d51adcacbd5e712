"""The summary as the hosts' cards show it: which of five states it is in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from service.survey.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Summaries

RETRY_SECONDS = 30  # when a card may ask again while the store is away


class State(StrEnum):
    """What a card has to say."""

    ANSWERED = "answered"
    NEVER_ANSWERED = "never_answered"
    NO_SCORE = "no_score"  # the newest answer has none; the summary's score is of an older answer
    STARTING_UP = "starting_up"  # a survey was not read to its end yet, so the customer may have answered
    UNAVAILABLE = "unavailable"  # the store cannot be reached


def state_of(summary: Mapping[str, Any]) -> State:
    """The state of a summary. Known answers count, also while other surveys are still being read."""
    latest = summary["latest"]
    if latest is None:
        return State.STARTING_UP if summary["freshness"]["as_of"] is None else State.NEVER_ANSWERED
    return State.NO_SCORE if latest["score"] is None else State.ANSWERED


def read_summary(summaries: Summaries, customer_id: str, *, comments: bool) -> dict[str, Any]:
    """Read the summary with its `state`; while the store is away, the same fields, empty. Raises no StoreError."""
    try:
        summary = summaries.summary(customer_id, comments=comments)
    except StoreError:
        return nothing_known(customer_id)
    return {"state": state_of(summary), **summary}


def nothing_known(customer_id: str) -> dict[str, Any]:
    """Make the summary for a time when nothing can be read, which is not the same as no answer."""
    return {
        "state": State.UNAVAILABLE,
        "customer_id": customer_id,
        "freshness": {"state": "stale", "as_of": None, "age_seconds": None, "refresh_after_seconds": RETRY_SECONDS},
        "score": None,
        "band": None,
        "trend": None,
        "answered": None,  # unknown, which is not none
        "last_answered_at": None,
        "low_respondents": None,
        "latest": None,
        "history": [],
    }
