"""What the operator says about scoring; it overrides all other evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from service.survey.scoring.language.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.survey.model import Direction, Kind


@dataclass(frozen=True, slots=True)
class ItemOverride:
    """One question item. Wordings map to a score (0–100), or None for "no score"."""

    headline: bool = False
    excluded: bool = False
    kind: Kind | None = None
    direction: Direction | None = None
    wordings: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Overrides:
    """All of the operator's words: per (survey id, item id), and wordings that hold everywhere."""

    items: Mapping[tuple[int, int], ItemOverride] = field(default_factory=lambda: MappingProxyType({}))
    wordings: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))

    def item(self, survey_id: int, item_id: int) -> ItemOverride:
        return self.items.get((survey_id, item_id), NOTHING)

    def wording(self, override: ItemOverride, text: str) -> tuple[bool, float | None]:
        """Whether the operator scored this wording, and how."""
        key = fold(text)
        for wordings in (override.wordings, self.wordings):
            if key in wordings:
                return True, wordings[key]
        return False, None

    def canonical(self) -> str:
        """The same text for the same overrides, for the ruleset's digest."""
        return repr((sorted((k, _plain(v)) for k, v in self.items.items()), sorted(self.wordings.items(), key=repr)))


def _plain(override: ItemOverride) -> str:
    wordings = sorted(override.wordings.items(), key=repr)
    return repr((override.headline, override.excluded, override.kind, override.direction, wordings))


NOTHING = ItemOverride()
