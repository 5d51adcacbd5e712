"""What changed in a survey's questions between two readings, and what is kept of how they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.questions.codebook import Former

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.model import QuestionItem, Survey

MOST_EDITIONS = 8  # of one item; the oldest go


@dataclass(frozen=True, slots=True)
class Drift:
    """One item whose alternatives have changed. `is_new`: the item itself was not known before."""

    question_item_id: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_new: bool


def drift_of(before: Survey | None, after: Survey) -> list[Drift]:
    """Closed items that are new or whose alternatives, their order or their weights have changed."""
    known = {item.id: item.alternatives for item in before.items} if before else {}
    found = []
    for item in after.items:
        was = known.get(item.id)
        if item.background_label is not None or item.alternatives == (was or ()):
            continue
        old, new = [a.text for a in was or ()], [a.text for a in item.alternatives]
        added = tuple(text for text in dict.fromkeys(new) if text not in old)
        removed = tuple(text for text in dict.fromkeys(old) if text not in new)
        found.append(Drift(item.id, added, removed, is_new=was is None))
    return found


def former_editions(before: Survey, after: Survey, kept: Sequence[Former], now: int) -> tuple[Former, ...]:
    """Items as they were before this change and before earlier ones, newest first. `now`: Unix milliseconds."""
    current = {item.id: item for item in after.items}
    gone = [
        Former(item, now)
        for item in before.items
        if item.background_label is None and not _same_choices(item, current.get(item.id))
    ]
    found: dict[int, list[Former]] = {}
    for one in [*gone, *kept]:
        editions = found.setdefault(one.item.id, [])
        known = [current.get(one.item.id), *(other.item for other in editions)]
        if len(editions) < MOST_EDITIONS and not any(_same_choices(one.item, other) for other in known):
            editions.append(one)
    return tuple(one for editions in found.values() for one in editions)


def _same_choices(left: QuestionItem, right: QuestionItem | None) -> bool:
    return right is not None and (left.type, left.alternatives, left.statements) == (
        right.type,
        right.alternatives,
        right.statements,
    )
