"""Doubt before belief: replies that would remove so much that Netigate is asked again before they take effect.

One vocabulary: what is doubted is *held* (the last good one serves meanwhile), *told* (to readers and operators, by the
reasons here), and *confirmed* when it stays so. Pure: decides whether to doubt; callers ask again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.survey.model import UNREADABLE
from service.survey.scoring.language.folding import fold

if TYPE_CHECKING:
    from service.survey.model import QuestionItem, Survey

# Reasons, as operators read them.
NO_CUSTOMER_ITEM: Final = "the item that carries the customer's ID is gone from the question tree"
QUESTIONS_GONE: Final = "questions are gone from the question tree"
ALTERNATIVES_GONE: Final = "most alternatives of a question are others, or one cannot be read"
TREE_UNREAD: Final = "its question tree cannot be read"
ANOTHER_TYPE: Final = "a question is of another type"
REFUSED: Final = "Netigate refuses this survey"
NOT_FOUND: Final = "the survey answers 404"
NOTHING_LISTED: Final = "the survey lists no answer set at all"
FILTER_WRONG: Final = "updated= does not bring what was updated"

KEPT_SHARE: Final = 0.5  # of a question's alternatives; if fewer remain, the tree is doubted
VANISHED_SHARE: Final = 0.2  # a list is doubted if more than this share of a survey's answer sets,
VANISHED_COUNT: Final = 10  # and more than this many, are gone at once


def doubt_of_tree(before: Survey, after: Survey, *, nobodys: bool) -> str | None:
    """Why a question tree is not believed at once, or None.

    nobodys: an item carried the customers' IDs before, and none does now.
    """
    now = {item.id: item for item in after.items}
    if nobodys:
        return NO_CUSTOMER_ITEM
    asked = [item for item in before.items if item.background_label is None]
    if any(item.id not in now for item in asked):
        return QUESTIONS_GONE
    if any(item.type != now[item.id].type for item in asked):
        return ANOTHER_TYPE
    if any(_is_another(item, now[item.id]) for item in asked):
        return ALTERNATIVES_GONE
    return None


def _is_another(before: QuestionItem, after: QuestionItem) -> bool:
    kept = {fold(one.text) for one in after.alternatives}
    known = [fold(one.text) for one in before.alternatives]
    if any(one.text == UNREADABLE for one in after.alternatives) and before.alternatives != after.alternatives:
        return True
    return bool(known) and sum(text in kept for text in known) < KEPT_SHARE * len(known)


def is_much(count: int, of: int) -> bool:
    """Whether so many answer sets of a survey cannot be right at once."""
    return count > VANISHED_COUNT and count > VANISHED_SHARE * of


def doubt_of_list(stored: int, listed: int, vanished: int) -> str | None:
    """Why a list of answer sets is not believed, or None. Counts of sets: stored, listed, stored but not listed."""
    if stored and not listed:
        return NOTHING_LISTED
    if is_much(vanished, stored):
        return f"{vanished} of {stored} answer sets vanished at once"
    return None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something held since a moment (Unix milliseconds). While `name` is equal it is still the same."""

    name: str
    reason: str
    since: int

    def confirmed(self, now: int, seconds: float) -> bool:
        """Whether it has stayed so for long enough to be believed."""
        return now - self.since >= seconds * 1000


def suspect(before: Suspicion | None, name: str, reason: str, now: int) -> Suspicion:
    """The suspicion before, if it is still the same, so that its time goes on; else a new one."""
    return before if before is not None and before.name == name else Suspicion(name, reason, now)
