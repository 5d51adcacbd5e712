"""What a look over the store found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from service.store.key_families import BY_NAME, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TYPE, VALUE, ENDLESS, MISSING = "another type", "unreadable", "without an end", "missing"
AHEAD: Final = "numbered ahead of time"  # a stream id of the far future, which no id of today can follow
UNKNOWN: Final = "unknown"  # a key of no family: named, and left alone
# Only Netigate knows what was lost with these.
FROM_NETIGATE: Final = frozenset({"partition", "revisions", "survey"})


@dataclass(slots=True)
class Findings:
    """Damage by family and sort; `whole` keys were looked at and are well."""

    surveys: Sequence[int]  # of which there was a trace before anything was healed
    whole: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    marked: list[str] = field(default_factory=list)  # respondents' pointers of which some may be lost

    def add(self, family: str, sort: str, count: int = 1) -> None:
        if count:
            self.counts[family, sort] += count

    @property
    def families(self) -> set[str]:
        """Families with damage."""
        return {family for family, _ in self.counts if family != UNKNOWN}

    def lines(self) -> Iterator[str]:
        """A sentence for each family and sort, and where the same comes from again."""
        for (family, sort), count in sorted(self.counts.items()):
            again = "left alone" if family == UNKNOWN else f"rebuilt from {BY_NAME[family].rebuilt_from}"
            yield f"{family}: {count} × {sort} ({again.replace('rebuilt from ' + NOTHING, NOTHING)})"
