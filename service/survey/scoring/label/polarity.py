"""Where a label stands between worst (−5) and best (5): stem, degree and negation together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.survey.scoring.language.entries import DENIED, NOUN, Role, Sense

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.phrases import Match

PLAIN: Final = 3.0  # a word without a degree
_VERY: Final = 4.0
_WEAK_NOT: Final = -1.0  # "not very", "not completely"
_NOT_BAD: Final = 1.5  # "not bad" is not yet good
_HALF_YES: Final = 0.6  # "rather yes" is clearly less than yes
_BOTTOM: Final = -5.0
_LITTLE: Final = 1.0  # of something bad
_LEAST: Final = 0.5


def having(matches: Sequence[Match[Sense]], *roles: Role) -> list[tuple[int, Sense]]:
    """Senses of the given roles, each with its place."""
    return [(m.start, s) for m in matches for s in m.senses if s.role in roles]


def valence(matches: Sequence[Match[Sense]], at: int, stem: Sense, *, yes_no: bool) -> float:
    """Stem, degree and negation together. `at` is the stem's place, −1 for a degree alone."""
    others = [m for m in matches if m.start != at]
    sign = 1.0 if stem.value > 0 else -1.0
    rank = _rank([s.value for _, s in having(others, Role.DEGREE)], abs(stem.value))
    nots = [p for p, _ in having(others, Role.NOT)]
    bottom = bool(having(others, Role.NONE)) or bool(nots and having(others, Role.AT_ALL))
    weak = bool(having(others, Role.NOT_VERY))
    if yes_no:  # "no" denies by itself: a further negator only says how much
        return sign * (-_BOTTOM if bottom else 1.0 if nots or weak else rank if rank >= PLAIN else rank * _HALF_YES)
    denied = having(others, Role.AT_ALL, Role.NONE) if stem.family == DENIED else having(others, Role.AT_ALL)
    if stem.family == NOUN:
        return _amount(others, sign, rank, absent=bottom or bool(nots), weak=weak)
    if stem.value < 0 and not nots and denied:
        return _BOTTOM  # the stem itself denies: "vôbec nesúhlasím", "non mi è piaciuto per niente"
    if bottom or weak:
        return sign * (_BOTTOM if bottom else _WEAK_NOT)
    if nots:
        return _negated(others, at, stem, rank)
    # Little of something bad is still bad: "puțin nemulțumit".
    return sign * (max(_LITTLE + rank / 10, _LEAST) if stem.value < 0 and rank < 0 else rank)


def _amount(others: Sequence[Match[Sense]], sign: float, rank: float, *, absent: bool, weak: bool) -> float:
    """How much there is of something: none of it is the end, "not much" is little."""
    if weak or (absent and having(others, Role.DEGREE, Role.LEVEL)):
        return sign * _WEAK_NOT
    return sign * (_BOTTOM if absent else rank)


def _negated(others: Sequence[Match[Sense]], at: int, stem: Sense, rank: float) -> float:
    """A negator before the degree weakens ("not very"); one after it is made stronger ("definitely not")."""
    sign = 1.0 if stem.value > 0 else -1.0
    degrees = having(others, Role.DEGREE)
    negator = having(others, Role.NOT)[0][0]
    if degrees:
        return -sign * abs(rank) if degrees[0][0] < negator else sign * _WEAK_NOT
    if at < negator:
        return -sign * rank  # "gefällt mir nicht"
    if stem.value < 0:
        return _NOT_BAD
    return -rank if rank <= PLAIN else _WEAK_NOT  # "not excellent" may still be good


def _rank(degrees: Sequence[float], plain: float) -> float:
    told = [d for d in degrees if d != PLAIN] or list(degrees)  # "quite well": how well is what counts
    if not told:
        return plain
    if min(told) < 0:  # "very little": further down than "little"
        return min(told) * (2.0 if max(told) >= _VERY else 1.0)
    if plain > PLAIN:  # "partly exceeded" is less than exceeded, "absolutely excellent" more than excellent
        return plain + max(told) / 10 if max(told) >= PLAIN else plain - 1.0
    return max(told) + 0.1 * (len(told) - 1)
