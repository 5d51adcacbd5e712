"""What the account keeps: small, because there may be hundreds of thousands."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Given(NamedTuple):
    """One answer row as somebody gave it. `numeric` is a position, as Netigate has it."""

    item: int
    type: str
    question_text: str
    text: str
    numeric: int
    weight: int | None


class StoredSet(NamedTuple):
    """One answer set. Times are seconds since 1970. Without `answers` they are drawn from id and revision when read."""

    id: int
    survey: int
    respondent: int
    customer: str | None
    contact: str | None
    region: str | None
    created: int
    completed: int | None
    updated: int
    mood: float
    revision: int = 0
    answers: tuple[Given, ...] | None = None


class Respondent(NamedTuple):
    """One entry of a survey's list of respondents."""

    id: int
    customer: str
    contact: str


def draw(*parts: object) -> Random:
    """Make a random source that is the same for the same parts, on any machine."""
    return Random("/".join(map(str, parts)))  # noqa: S311  (invented answers, no secret)
