"""One alternative's wording as a place between worst and best, by one language's lexicon.

Valence runs from −5 (not at all, worst) over 0 (the midpoint) to 5 (extremely, best); only its order counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from service.survey.lexicons import Role, Sense
from service.survey.model import Kind
from service.survey.text import spaceless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.lexicons import Lexicon
    from service.survey.phrases import Match
    from service.survey.text import Text


class Sort(StrEnum):
    """What a label is."""

    POLAR = "polar"  # a word with a good or a bad end
    DEGREE = "degree"  # only how much: "not at all", "to some extent"
    NEUTRAL = "neutral"
    UNDECIDED = "undecided"
    NO_OPINION = "no_opinion"
    NOT_A_SCALE = "not_a_scale"
    LEVEL = "level"
    NUMBER = "number"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Label:
    """What a lexicon makes of one alternative."""

    sort: Sort
    value: float = 0.0
    kinds: frozenset[Kind] = frozenset()
    family: str = ""
    number: tuple[int, int] | None = None
    covered: float = 0.0  # words understood
    left: tuple[str, ...] = ()  # words not understood

    @property
    def known(self) -> bool:
        return self.sort in {Sort.POLAR, Sort.DEGREE, Sort.NEUTRAL}


PLAIN: Final = 3.0
_WEAK_NOT: Final = -1.0  # "not very", "not completely"
_BOTTOM: Final = -5.0
_SMALL: Final = 1  # letters of a word that may be left over: "a)", an ending
_BARE_WORTH: Final = {Sort.POLAR: 1.0, Sort.DEGREE: 0.8, Sort.NEUTRAL: 0.8, Sort.NOT_A_SCALE: 0.9,
                      Sort.NO_OPINION: 0.9, Sort.UNDECIDED: 0.8, Sort.LEVEL: 0.8}  # fmt: skip


def understand(text: Text, lexicon: Lexicon, *, frame: frozenset[str] = frozenset()) -> Label:
    """Read one label. `frame` holds words that most labels of the list share: they tell nothing apart."""
    if text.long:
        return Label(Sort.UNKNOWN, left=text.words)
    if text.bare:
        return Label(Sort.NUMBER, number=text.number)
    if not text.segments:
        return Label(Sort.NO_OPINION if text.number is None else Sort.UNKNOWN, number=text.number)
    whole = _read(text.words, lexicon, frame)
    if len(text.segments) > 1 and (whole.left or whole.sort is not Sort.NO_OPINION):
        whole = _best([_read(s, lexicon, frame) for s in text.segments], whole)
    if whole.sort is Sort.UNKNOWN and text.number is not None and not whole.left:
        return Label(Sort.NUMBER, number=text.number)  # "3 stars", "Note 2"
    return Label(whole.sort, whole.value, whole.kinds, whole.family, text.number, whole.covered, whole.left)


def _best(parts: list[Label], whole: Label) -> Label:
    """A label of several parts: the first that is fully understood speaks for it, unless parts disagree."""
    clear = [p for p in parts if p.sort is not Sort.UNKNOWN and not p.left]
    sorts = {p.sort for p in clear}
    if Sort.NO_OPINION in sorts and sorts & {Sort.NEUTRAL, Sort.UNDECIDED}:
        return _with(whole, Sort.UNDECIDED)
    stems = [p for p in clear if p.sort is Sort.POLAR] or [p for p in clear if p.known] or clear
    if not stems:
        return whole
    if len({p.value > 0 for p in stems}) > 1:
        return _with(whole, Sort.UNKNOWN)
    first = parts[0] if parts[0] in clear else stems[0]
    if first.sort is Sort.DEGREE and stems[0].sort is Sort.POLAR:
        return stems[0] if whole.left else whole
    return first


def _with(label: Label, sort: Sort) -> Label:
    return Label(sort, 0.0, label.kinds, label.family, label.number, label.covered, label.left)


def _read(words: Sequence[str], lexicon: Lexicon, frame: frozenset[str]) -> Label:
    matches = lexicon.labels.find(words)
    taken = {i for m in matches for i in range(m.start, m.start + m.length)}
    left = tuple(w for i, w in enumerate(words) if i not in taken and w not in frame and _counts(w))
    label = _combine(matches, left)
    worth = _BARE_WORTH.get(label.sort, 0.3) * len(taken)
    return Label(label.sort, label.value, label.kinds, label.family, None, worth, left)


def _counts(word: str) -> bool:
    return len(word) > _SMALL or spaceless(word)


def _having(matches: Sequence[Match[Sense]], *roles: Role) -> list[tuple[int, Sense]]:
    return [(m.start, s) for m in matches for s in m.senses if s.role in roles]


def _stems(matches: Sequence[Match[Sense]]) -> list[tuple[int, Sense]]:
    """Stems; what may be a degree too ("leicht unzufrieden", "sannolikt") is a stem only where nothing else is one."""
    mixed = [m for m in matches if {s.role for s in m.senses} >= {Role.STEM, Role.DEGREE}]
    pure = _having([m for m in matches if m not in mixed], Role.STEM)
    if not mixed or any(s.kind is not Kind.YES_NO for _, s in pure):
        return pure
    return pure + _having(mixed[-1:], Role.STEM)


def _combine(matches: Sequence[Match[Sense]], left: tuple[str, ...]) -> Label:
    stems = _stems(matches)
    others = [(at, s) for at, s in stems if s.kind is not Kind.YES_NO]
    yes_no = not others and bool(stems)
    stems = others or stems
    kinds = frozenset(s.kind for _, s in stems if s.kind)
    families = [s.family for _, s in _having(matches, Role.NOT_A_SCALE)]
    if families and not yes_no:
        return Label(Sort.NOT_A_SCALE, family=families[0])
    neutral = _having(matches, Role.NEUTRAL)
    if _having(matches, Role.NO_OPINION) and not others:
        midpoint = neutral or _having(matches, Role.NEITHER)
        return Label(Sort.UNDECIDED if midpoint else Sort.NO_OPINION)
    if _having(matches, Role.NEITHER) or (neutral and not (left and stems)):
        return Label(Sort.NEUTRAL, kinds=kinds)
    if _having(matches, Role.UNDECIDED) and not others:
        return Label(Sort.UNDECIDED)
    if stems:
        if {s.value > 0 for _, s in stems if s.value} == {True, False}:
            return Label(Sort.NEUTRAL, kinds=kinds)
        at, stem = stems[0]
        if stem.value == 0:
            return Label(Sort.NEUTRAL, kinds=kinds)
        return Label(Sort.POLAR, _valence(matches, at, stem, yes_no=yes_no), kinds)
    if level := _having(matches, Role.LEVEL):
        at, sense = level[0]
        return Label(Sort.LEVEL if not left else Sort.UNKNOWN, _valence(matches, at, sense, yes_no=False))
    degree = _valence(matches, -1, Sense(Role.STEM, PLAIN), yes_no=False)
    modifiers = _having(matches, Role.DEGREE, Role.NONE, Role.NOT, Role.AT_ALL, Role.NOT_VERY)
    if modifiers and not left:
        return Label(Sort.DEGREE, degree)
    return Label(Sort.UNKNOWN, degree if modifiers else 0.0)


def _valence(matches: Sequence[Match[Sense]], at: int, stem: Sense, *, yes_no: bool) -> float:
    """Stem, degree and negation together: a negator before the degree weakens, after it the degree strengthens it."""
    sign = 1.0 if stem.value > 0 else -1.0
    degrees = _having([m for m in matches if m.start != at], Role.DEGREE)
    rank, first = _rank([s.value for _, s in degrees], abs(stem.value)), min((p for p, _ in degrees), default=99)
    others = [m for m in matches if m.start != at]
    nots = [p for p, _ in _having(others, Role.NOT)]
    if _having(others, Role.NONE) or (nots and _having(others, Role.AT_ALL)):
        return sign * 5.0 if yes_no else sign * _BOTTOM
    if _having(others, Role.NOT_VERY):
        return sign * 1.0 if yes_no else sign * _WEAK_NOT
    if not nots:
        return sign * rank
    if yes_no:
        return sign * 1.0
    if not degrees:
        return -sign * abs(stem.value) if abs(stem.value) <= PLAIN else -sign
    return -sign * abs(rank) if first < nots[0] else sign * _WEAK_NOT


def _rank(degrees: Sequence[float], plain: float) -> float:
    if not degrees:
        return plain
    strongest = max(degrees)
    weakest = min(degrees)
    if weakest < 0:  # "very little": further down than "little"
        return weakest * (2.0 if strongest >= 4.0 else 1.0)  # noqa: PLR2004 (the rank of "very")
    if plain > PLAIN:
        return plain + strongest / 10
    return strongest + 0.1 * (len(degrees) - 1)
