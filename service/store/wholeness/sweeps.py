"""When each survey was last swept, with what readers are told of a survey beside its age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LATEST: Final = 10**14  # Unix milliseconds; from here on a moment is not believed
HELD: Final = "h"  # before the id of a survey that Netigate refuses while it gives others
BACKFILLING: Final = "b"  # before the id of one whose first sweep was not yet compared with Netigate's list
_LONGEST: Final = 20  # digits


class Sweeps(dict[int, int]):
    """Starts of the surveys' last complete sweeps, Unix milliseconds.

    held: surveys that Netigate refuses while it gives others. backfilling: surveys of which answers may be missing.
    """

    __slots__ = ("backfilling", "held")

    def __init__(
        self,
        starts: Mapping[int, int] | None = None,
        *,
        held: Iterable[int] = (),
        backfilling: Iterable[int] = (),
    ) -> None:
        super().__init__(starts or {})
        self.held = frozenset(held)
        self.backfilling = frozenset(backfilling)

    def __eq__(self, other: object) -> bool:
        marks = (other.held, other.backfilling) if isinstance(other, Sweeps) else (frozenset(), frozenset())
        return dict.__eq__(self, other) is True and (self.held, self.backfilling) == marks

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def since(self, start: int, surveys: Iterable[int]) -> Sweeps:
        """The same, with each of the surveys swept at `start` or later."""
        later = {survey: max(self.get(survey, 0), start) for survey in surveys}
        return Sweeps(later, held=self.held, backfilling=self.backfilling)


def decode_sweeps(found: Mapping[bytes, bytes] | None) -> Sweeps:
    """The sweeps as stored; what cannot be read is left out."""
    starts: dict[int, int] = {}
    marks: dict[str, set[int]] = {HELD: set(), BACKFILLING: set()}
    for name, value in (found or {}).items():
        mark, number = name[:1].decode(errors="replace"), name[1:] if name[:1].isalpha() else name
        if not (number.isdigit() and value.isdigit() and len(number) < _LONGEST and len(value) < _LONGEST):
            continue
        if mark in marks:
            marks[mark].add(int(number))
        elif number == name and int(value) < LATEST:
            starts[int(number)] = int(value)
    return Sweeps(starts, held=marks[HELD], backfilling=marks[BACKFILLING])
