"""Marks of what damage has taken away, pure.

Who has lost something is marked, until Netigate was compared and has brought it again. Until then what is left is not
the whole truth, and nobody is served it as if it were. Partitions and pointers carry the mark as a field of their own,
which filing leaves alone; the lists of customers share a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from service.store.wholeness.envelope import read_sealed, reading, seal
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOST: Final = b"l"  # the field of a partition, or of a respondent's pointers, that holds its mark


@dataclass(frozen=True, slots=True)
class Loss:
    """When something was lost (Unix milliseconds), and the surveys that have to be compared with Netigate since."""

    at: int
    surveys: tuple[int, ...]

    def encode(self) -> bytes:
        return seal(orjson.dumps([self.at, *self.surveys]))


@reading
def decode_loss(mark: bytes) -> Loss:
    """Raises DamagedValueError."""
    at, *surveys = read_sealed(mark)
    return Loss(int(at), tuple(map(int, surveys)))


class LostError(DamagedValueError):
    """Something that was lost, as these marks tell, may still be missing."""

    def __init__(self, marks: Iterable[bytes]) -> None:
        super().__init__("lost")
        self.marks = frozenset(marks)
