"""What changed in a survey's questions between two readings: alternatives that came or went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.survey.model import Survey


@dataclass(frozen=True, slots=True)
class Drift:
    """One item whose alternatives are not what they were; an item of which nothing was known has only come."""

    question_item_id: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    is_new: bool

    @property
    def weights_only(self) -> bool:
        return not self.added and not self.removed


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
