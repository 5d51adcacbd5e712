"""Where a label stands between worst (−5) and best (5): stem, degree and negation together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.survey.lexicons import Role, Sense

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.phrases import Match

PLAIN: Final = 3.0  # a word without a degree
_VERY: Final = 4.0
_WEAK_NOT: Final = -1.0  # "not very", "not completely"
_BOTTOM: Final = -5.0


def having(matches: Sequence[Match[Sense]], *roles: Role) -> list[tuple[int, Sense]]:
    """Senses of the given roles, each with its place."""
    return [(m.start, s) for m in matches for s in m.senses if s.role in roles]


def valence(matches: Sequence[Match[Sense]], at: int, stem: Sense, *, yes_no: bool) -> float:
    """Stem, degree and negation together: a negator before the degree weakens, after it the degree strengthens it."""
    others = [m for m in matches if m.start != at]
    sign = 1.0 if stem.value > 0 else -1.0
    degrees = having(others, Role.DEGREE)
    nots = [p for p, _ in having(others, Role.NOT)]
    bottom = bool(having(others, Role.NONE)) or bool(nots and having(others, Role.AT_ALL))
    if yes_no:  # "no" denies by itself: a further negator only says how much
        weak = nots or having(others, Role.NOT_VERY)
        return sign * (-_BOTTOM if bottom else 1.0 if weak else _rank([s.value for _, s in degrees], abs(stem.value)))
    if bottom:
        return sign * _BOTTOM
    if having(others, Role.NOT_VERY):
        return sign * _WEAK_NOT
    rank = _rank([s.value for _, s in degrees], abs(stem.value))
    if not nots:
        return sign * rank
    if not degrees:  # "definitely not" denies all, "not excellent" little, "not bad" is not yet good
        whole = at < nots[0] or abs(rank) <= PLAIN
        return sign * (_WEAK_NOT * 1.5 if stem.value < 0 and at > nots[0] else -rank if whole else _WEAK_NOT)
    return -sign * abs(rank) if degrees[0][0] < nots[0] else sign * _WEAK_NOT


def _rank(degrees: Sequence[float], plain: float) -> float:
    told = [d for d in degrees if d != PLAIN] or list(degrees)  # "quite well": how well is what counts
    if not told:
        return plain
    if min(told) < 0:  # "very little": further down than "little"
        return min(told) * (2.0 if max(told) >= _VERY else 1.0)
    if plain > PLAIN:  # "partly exceeded" is less than exceeded, "absolutely excellent" more than excellent
        return plain + max(told) / 10 if max(told) >= PLAIN else plain - 1.0
    return max(told) + 0.1 * (len(told) - 1)
