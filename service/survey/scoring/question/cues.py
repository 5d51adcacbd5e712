"""What a question asks for, by the words of one language: cues for kind, doubt and direction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from service.survey.model import Kind
from service.survey.scoring.language.entries import Role, Sense
from service.survey.scoring.language.text import spaceless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.lexicons import Lexicon, Lexicons
    from service.survey.scoring.language.phrases import Match

NEGATIVE: Final = "negative"
SYMPTOM: Final = "symptom"  # what ails a person: pain, stress
DEED: Final = "deed"  # what a company hopes that somebody will do: buy, return
_PROBLEM: Final = "problem"  # negative, unless the question says that it was solved
_SOLVED: Final = "solved"
UNSOLVED: Final = "unsolved"  # a problem, where nothing says that it was solved
_BURDEN: Final = "burden"  # what had to be done, or happens often: negative, unless a word of the question praises
MORE_IS_BETTER: Final = "more_is_better"
MORE_IS_WORSE: Final = "more_is_worse"
_HIGH_IS_GOOD: Final = frozenset({"satisfaction", "likelihood", "recommend", "agreement", MORE_IS_BETTER})
_NEITHER: Final = frozenset({NEGATIVE, "effort", "importance"})
_BLAMED: Final = {Kind.SATISFACTION, Kind.QUALITY, Kind.EFFORT}
_MAX_QUESTION: Final = 600  # characters of a question that are read
# "(0 = not at all, 10 = fully)" asks nothing, with brackets or without.
_DECLARED: Final = re.compile(r"\([^()]{0,120}\d[^()]{0,120}\)|(?<!\d)\d{1,3}\s?[=:]\s?[^\d,;.()]{2,60}")
_SHORTEST: Final = 2  # characters of a phrase without spaces that is surely a word


def cues(question: str, lexicons: Lexicons, language: Lexicon | None = None) -> frozenset[str]:
    """What the question asks for, read in `language`, else in the languages that understand most of it."""
    best, found = 0, frozenset[str]()
    question = _DECLARED.sub(" ", question[:_MAX_QUESTION])
    likely = [language] if language else lexicons.asking(question)
    for lexicon in likely:
        words = lexicon.words(question, _MAX_QUESTION)
        matches = lexicon.question.find(words)
        size = sum(m.length for m in matches)
        told = frozenset(s for m in matches for s in m.senses)
        # "how difficult" asks for effort, but "difficult" inside it is still negative.
        inner = [m for m in matches if m.length > 1 for m in lexicon.question.find(m.phrase[1:])]
        told |= {s for m in inner for s in m.senses if s == NEGATIVE} | _nouns(words, lexicon)
        if _PROBLEM in told and _SOLVED not in told:
            told |= {NEGATIVE, UNSOLVED}
        said = lexicon.labels.find(words)
        if SYMPTOM in told or any(map(_blames, said)) or (_BURDEN in told and not any(map(_praises, said))):
            told |= {NEGATIVE}
        if size >= best:
            best, found = size, told | (found if size == best else frozenset())
    return found


def worth(asked: frozenset[str]) -> int:
    """1 where the question asks how much there is of something good, −1 of something bad, 0 where that is not clear."""
    if MORE_IS_WORSE in asked:
        return 0 if asked & _HIGH_IS_GOOD else -1
    return 1 if asked & _HIGH_IS_GOOD and not asked & _NEITHER else 0


def _nouns(words: Sequence[str], lexicon: Lexicon) -> frozenset[str]:
    senses = {sense for match in lexicon.nouns.find(words) for sense in match.senses}
    return frozenset(MORE_IS_BETTER if value > 0 else MORE_IS_WORSE for value in senses if value)


def _praises(match: Match[Sense]) -> bool:
    """Whether a statement's word praises."""
    return any(s.value > 0 and s.role is Role.STEM and s.kind in _BLAMED for s in match.senses)


def _blames(match: Match[Sense]) -> bool:
    """Whether a statement's word is one of blame: "late", "too expensive"."""
    if spaceless(match.phrase[0]) and match.length < _SHORTEST:
        return False
    return any(
        (s.role is Role.STEM and s.value < 0 and s.kind in _BLAMED)
        or (s.role is Role.NOT_A_SCALE and s.family == "balance")
        for s in match.senses
    ) and not any(s.role is Role.STEM and s.value > 0 for s in match.senses)
