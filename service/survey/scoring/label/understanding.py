"""One alternative's wording, read by one language's lexicon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind
from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.label.polarity import PLAIN, having, valence
from service.survey.scoring.language.entries import FACT, LETDOWN, SIGN, Role, Sense
from service.survey.scoring.language.text import spaceless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.lexicons import Lexicon
    from service.survey.scoring.language.phrases import Match
    from service.survey.scoring.language.text import Text

_BALANCE: Final = Sense(Role.NOT_A_SCALE, family="balance")
_JUDGING: Final = frozenset({Kind.SATISFACTION, Kind.QUALITY, Kind.EFFORT})  # what is said of things
_NAME: Final = 5  # letters that tell what is judged, before its endings
_SMALL: Final = 1  # letters of a word that may be left over: "a)", an ending
_WORTH: Final = {Sort.POLAR: 1.0, Sort.DEGREE: 0.8, Sort.NEUTRAL: 0.8, Sort.NOT_A_SCALE: 0.9,
                      Sort.NO_OPINION: 0.9, Sort.UNDECIDED: 0.8, Sort.LEVEL: 0.8}  # fmt: skip


def understand(text: Text, lexicon: Lexicon, *, frame: frozenset[str] = frozenset()) -> Label:
    """Read one label. `frame`: words that most labels of the list share, so that they distinguish nothing."""
    if text.long:
        return Label(Sort.UNKNOWN, left=text.words)
    if text.bare:
        return Label(Sort.NUMBER, number=text.number)
    if not text.segments:
        return Label(Sort.NO_OPINION if text.number is None else Sort.UNKNOWN, number=text.number)
    whole = _read(text.words, lexicon, frame, paused=text.paused)
    if len(text.segments) > 1 and (whole.left or whole.sort is not Sort.NO_OPINION):
        first, *others = text.segments
        parts = [_read(first, lexicon, frame, paused=text.paused), *(_read(s, lexicon, frame) for s in others)]
        whole = _best(parts, whole)
    if whole.sort is Sort.UNKNOWN and text.number is not None and not whole.left and frame.isdisjoint(text.words):
        return Label(Sort.NUMBER, number=text.number)  # "3 stars", "Note 2"
    return replace(whole, number=text.number)


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
    return replace(label, sort=sort, value=0.0)


def _read(words: Sequence[str], lexicon: Lexicon, frame: frozenset[str], *, paused: bool = False) -> Label:
    matches = lexicon.labels.find(words)
    if any(_BALANCE in m.senses for m in matches) and any(s.kind is Kind.AGREEMENT for _, s in _stems(matches)):
        matches = lexicon.labels.find(words, without=_BALANCE)  # "trifft viel zu" is no "viel zu"
    label = _made_of(words, _answered(matches) if paused else matches, frame)
    if label.sort is not Sort.NO_OPINION:
        return label
    second = _made_of(words, lexicon.labels.find(words, without=Sense(Role.NO_OPINION)), frame)
    # "Does not apply" answers what applies, "not relevant" how relevant it is.
    applies = second.kinds == {Kind.AGREEMENT} and not second.left
    if second.sort is not Sort.POLAR or not (applies or (second.denies and second.kinds <= _JUDGING)):
        return label
    return replace(label, otherwise=second.value, said=() if applies else second.said, kinds=second.kinds)


def _made_of(words: Sequence[str], matches: Sequence[Match[Sense]], frame: frozenset[str]) -> Label:
    taken = {i for m in matches for i in range(m.start, m.start + m.length)}
    left = tuple(w for i, w in enumerate(words) if i not in taken and w not in frame and _counts(w))
    parts = _Parts.of(matches, left=bool(left), wordy=len(words) > len(taken) or _has_filler(matches))
    if named := [] if parts.kinds & _JUDGING else _named(matches):  # a thing that nobody judges: "Delivery"
        taken -= {i for m in named for i in range(m.start, m.start + m.length)}
        left += tuple(word for m in named for word in m.phrase)
        parts = replace(parts, left=True, matches=tuple(m for m in matches if m not in named))
    label = next((label for rule in _RULES if (label := rule(parts)) is not None), Label(Sort.UNKNOWN))
    if sum(map(spaceless, left)) > len(taken):  # another language in the same script
        label = Label(Sort.UNKNOWN)
    worth = _WORTH.get(label.sort, 0.3) * len(taken)
    denies = bool(parts.having(Role.NOT))
    return replace(label, covered=worth, left=left, denies=denies, answers=_answers(matches))


def _answered(matches: list[Match[Sense]]) -> list[Match[Sense]]:
    """A no before a comma denies nothing that follows: "No, they made things worse"."""
    first = matches[0] if matches and matches[0].start == 0 and matches[0].length == 1 else None
    if first is None or len(matches) == 1 or not any(s.kind is Kind.YES_NO for s in first.senses):
        return matches
    plain = tuple(s for s in first.senses if s.role is not Role.NOT)
    return [replace(first, senses=plain), *matches[1:]]


def _answers(matches: Sequence[Match[Sense]]) -> int:
    """1 where a label begins with yes, −1 where it begins with no, whatever it says then; else 0."""
    said = [
        s.value for m in matches[:1] if m.start == 0 for s in m.senses if s.kind is Kind.YES_NO and s.family != SIGN
    ]
    return 0 if not said else 1 if said[0] > 0 else -1


def _named(matches: Sequence[Match[Sense]]) -> list[Match[Sense]]:
    return [m for m in matches if all(s.role is Role.TOPIC for s in m.senses)]


def _counts(word: str) -> bool:
    return len(word) > _SMALL or spaceless(word)


def _has_filler(matches: Sequence[Match[Sense]]) -> bool:
    return any(s.role is Role.FILLER for m in matches for s in m.senses)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What was found in a segment, by what it does; each with its place."""

    matches: tuple[Match[Sense], ...]
    stems: tuple[tuple[int, Sense], ...]
    yes_no: bool  # the only stems are yes and no
    left: bool  # words were not understood
    wordy: bool  # words besides stems and modifiers

    @classmethod
    def of(cls, matches: Sequence[Match[Sense]], *, left: bool, wordy: bool) -> _Parts:
        found = _stems(matches)
        stems = [(at, s) for at, s in found if s.family != SIGN] or found  # words say more than the face beside them
        others = [(at, s) for at, s in stems if s.kind is not Kind.YES_NO] or ([] if left else _nouns(matches, stems))
        return cls(tuple(matches), tuple(others or stems), bool(stems) and not others, left, wordy)

    def having(self, *roles: Role) -> list[tuple[int, Sense]]:
        return having(self.matches, *roles)

    @property
    def about(self) -> frozenset[str]:
        """What is judged, by the beginning of its name: it may be inflected."""
        named = [m for m in self.matches if any(s.role is Role.TOPIC or s.family == FACT for s in m.senses)]
        return frozenset(" ".join(m.phrase)[:_NAME] for m in named)

    def said(self, at: int) -> tuple[str, ...]:
        """The words found at a place."""
        return next((m.phrase for m in self.matches if m.start == at), ())

    @property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(s.kind for _, s in self.stems if s.kind)

    @property
    def praises(self) -> bool:
        """Whether a word for something good is among them, denied or not."""
        return any(s.value > 0 for _, s in self.stems)

    @property
    def told(self) -> bool:
        """Whether something other than yes or no is praised or blamed."""
        return bool(self.stems) and not self.yes_no


def _stems(matches: Sequence[Match[Sense]]) -> list[tuple[int, Sense]]:
    """Stems; what may be a degree too ("leicht unzufrieden", "sannolikt") is a stem only where nothing else is one."""
    mixed = [m for m in matches if {s.role for s in m.senses} >= {Role.STEM, Role.DEGREE}]
    pure = having([m for m in matches if m not in mixed], Role.STEM)
    # "Ja, sannolikt" is a yes; in "sigurno ne" the no only denies.
    said = [m for m in matches if m not in mixed and not any(s.role is Role.NOT for s in m.senses)]
    return pure if having(said, Role.STEM, Role.UNDECIDED) else pure + having(mixed[-1:], Role.STEM)


def _nouns(matches: Sequence[Match[Sense]], stems: Sequence[tuple[int, Sense]]) -> list[tuple[int, Sense]]:
    """Things of which more is better or worse, where no adjective judges them: "no trust", "high prices"."""
    if any(not any(s.role is Role.NOT for s in m.senses) for m in matches if m.start in {at for at, _ in stems}):
        return []  # "Yes, with support" is a yes
    return [(at, s) for at, s in having(matches, Role.TOPIC) if s.value]


def _endless(parts: _Parts) -> Label | None:
    families = [s.family for _, s in parts.having(Role.NOT_A_SCALE)]
    if set(families) == {FACT} and parts.told and not parts.left:
        return None  # "good customer service": the praise counts, not the department
    return Label(Sort.NOT_A_SCALE, family=families[0]) if families and not parts.yes_no else None


def _non_answer(parts: _Parts) -> Label | None:
    found = [m for m in parts.matches if any(s.role is Role.NO_OPINION for s in m.senses)]
    if not found or (parts.told and max(m.length for m in found) == 1):
        return None
    return Label(Sort.UNDECIDED if parts.having(Role.NEUTRAL, Role.NEITHER) else Sort.NO_OPINION)


def _midpoint(parts: _Parts) -> Label | None:
    if parts.having(Role.NEITHER) or (parts.having(Role.NEUTRAL) and not (parts.left and parts.stems)):
        return Label(Sort.NEUTRAL, kinds=parts.kinds)
    unsure = parts.having(Role.UNDECIDED)
    if not unsure or parts.told:
        return None
    at = unsure[0][0]
    told = valence(parts.matches, at, Sense(Role.STEM, -PLAIN), yes_no=False)
    graded = any({s.role for s in m.senses} == {Role.DEGREE} for m in parts.matches)
    return Label(Sort.UNDECIDED, otherwise=told, said=parts.said(at), graded=graded)


def _polar(parts: _Parts) -> Label | None:
    if not parts.stems:
        return None
    at, stem = parts.stems[0]
    if stem.value == 0 or {s.value > 0 for _, s in parts.stems if s.value} == {True, False}:
        return Label(Sort.NEUTRAL, kinds=parts.kinds)
    only = [m for m in parts.matches if m.start != at and {s.role for s in m.senses} == {Role.LEVEL}]
    levels = {sense.value > 0 for _, sense in having(only, Role.LEVEL)}
    if levels == {False} and not parts.yes_no:  # "low trust", "low level of satisfaction"
        stem = replace(stem, value=-stem.value)
    fact = parts.yes_no and any(s.family == FACT for _, s in parts.having(Role.NOT_A_SCALE))
    family = FACT if fact else LETDOWN if parts.having(Role.LETDOWN) else ""
    # A face says it all: "je n'aime pas 🙁".
    value = stem.value if stem.family == SIGN else valence(parts.matches, at, stem, yes_no=parts.yes_no)
    either = any(s.role is Role.DEGREE for m in parts.matches if m.start == at for s in m.senses)
    said, about, praises = parts.said(at), parts.about, parts.praises
    return Label(Sort.POLAR, value, parts.kinds, family, said=said, about=about, praises=praises, either=either)


def _level(parts: _Parts) -> Label | None:
    levels = parts.having(Role.LEVEL)
    if not levels or parts.left:
        return None
    return Label(Sort.LEVEL, valence(parts.matches, *levels[0], yes_no=False))


def _degree(parts: _Parts) -> Label | None:
    """Only how much. A negator with other words is another answer: "I don't have any"."""
    degrees = parts.having(Role.DEGREE, Role.NONE, Role.AT_ALL, Role.NOT_VERY)
    if parts.left or not (degrees or (parts.having(Role.NOT) and not parts.wordy)):
        return None
    return Label(Sort.DEGREE, valence(parts.matches, -1, Sense(Role.STEM, PLAIN), yes_no=False))


_RULES: Final = (_endless, _non_answer, _midpoint, _polar, _level, _degree)
