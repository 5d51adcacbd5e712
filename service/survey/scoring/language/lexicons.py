"""Lexicons: each language's data file, compiled for matching. See docs/lexicons.md."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from service.survey.scoring.language.accents import Spelling
from service.survey.scoring.language.entries import NOUNS, LexiconError, Sense, graded, prefixed, senses
from service.survey.scoring.language.folding import exact, fold, fold_all
from service.survey.scoring.language.phrases import Phrases
from service.survey.scoring.language.text import tokens
from service.survey.scoring.language.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping, Sequence

    from service.survey.scoring.language.text import Text

__all__ = ["Lexicon", "LexiconError", "Lexicons", "build"]

_NEARLY: Final = 0.6  # share of the words that the best language knows


@dataclass(frozen=True, eq=False)
class Lexicon:
    """One language's vocabulary, compiled for matching when first needed, since few ever are."""

    code: str  # ISO 639-1, as reports show it
    iso639_3: tuple[str, ...]
    content: Mapping[str, Any] = field(repr=False)
    common: Mapping[str, Any] = field(repr=False)

    @cached_property
    def spelling(self) -> Spelling:
        """Which words need their accents."""
        if self.content.get("accents"):
            return Spelling(always=True)
        sources = (self.common, self.content)
        entries = [(entry, place) for source in sources for place, entry, _ in senses(source) if place != "emoji"]
        for source in sources:
            entries += [(entry, cue) for cue, told in source.get("question", {}).items() for entry in told]
        return Spelling.of(entries, self.content.get("words", {}).get("rivals", ()))

    @cached_property
    def labels(self) -> Phrases[Sense]:
        """Phrases of labels."""
        found: Phrases[Sense] = Phrases(self.spelling.word)
        own = set(fold_all([entry for place, entry, _ in senses(self.content) if place.startswith("stems.")]))
        for source in (self.common, self.content):
            moved = graded(source)
            told = [(entry, moved(entry, sense)) for _, entry, sense in senses(source)]
            if source is self.common:
                told = [(entry, sense) for entry, sense in told if fold(entry) not in own]  # Welsh "na" is a no
            found.extend([*told, *prefixed(source)])
        return found

    @cached_property
    def question(self) -> Phrases[str]:
        """Phrases of questions."""
        found: Phrases[str] = Phrases(self.spelling.word)
        for source in (self.common, self.content):
            cues = source.get("question", {}).items()
            found.extend([(entry, cue) for cue, entries in cues for entry in entries])
        return found

    @cached_property
    def nouns(self) -> Phrases[float]:
        """Things of which more is better (above 0) or worse (below)."""
        found: Phrases[float] = Phrases(self.spelling.word)
        for source in (self.common, self.content):
            told = source.get("nouns", {}).items()
            found.extend([(entry, NOUNS[key]) for key, entries in told if NOUNS[key] for entry in entries])
        return found

    def spelled(self, text: Text) -> Text:
        """A text in the words of this language's phrases."""
        if not self.spelling.matters:
            return text
        pairs = zip(text.segments, text.exact, strict=True)
        return replace(text, segments=tuple(self.spelling.row(folded, accented) for folded, accented in pairs))

    def words(self, text: str, longest: int) -> tuple[str, ...]:
        """The words of a question, of which `longest` characters are read."""
        folded, accented = tokens(fold(text)[:longest]), tokens(exact(text)[:longest])
        return self.spelling.row(folded, accented) if len(folded) == len(accented) else tuple(folded)


@dataclass(frozen=True)
class Lexicons:
    """All languages, and a digest of everything their files say."""

    languages: tuple[Lexicon, ...]
    digest: str
    spoken: Vocabulary  # words of labels
    asked: Vocabulary  # words of questions

    def named(self, code: str | None) -> Lexicon | None:
        """The lexicon of an ISO 639-3 or 639-1 code; None where there is none."""
        wanted = (code or "").casefold()
        return next((x for x in self.languages if wanted in {x.code, *x.iso639_3}), None)

    def likely(self, words: Iterable[str]) -> list[Lexicon]:
        """Languages that know most of a list's words, and those that know nearly as many.

        Empty where no word tells languages apart: numbers, faces, what no language knows.
        """
        return self._most(self.spoken.hits(words))

    def asking(self, question: str) -> list[Lexicon]:
        """Languages that know most of a question's words, or nearly as many; empty as for `likely`."""
        return self._most(self.asked.hits(tokens(fold(question))))

    def written(self, words: Sequence[str], least: int = 1) -> str | None:
        """Code of the one language that knows most words of a question, and `least` of them; None where several do."""
        hits = self.spoken.hits(words) + self.asked.hits(words)
        first, second = (*hits.most_common(2), (0, 0), (0, 0))[:2]
        return self.languages[first[0]].code if first[1] > second[1] and first[1] >= least else None

    def _most(self, hits: Counter[int]) -> list[Lexicon]:
        least = max(hits.values(), default=0) * _NEARLY
        everyone = len(self.languages) > 1 and len(hits) == len(self.languages) and len(set(hits.values())) == 1
        return [] if everyone else [x for at, x in enumerate(self.languages) if hits[at] and hits[at] >= least]


def build(files: Iterable[Mapping[str, Any]], common: Mapping[str, Any]) -> Lexicons:
    """Compile the files' content; `common` belongs to every language. Raises LexiconError."""
    contents = sorted(files, key=lambda content: str(content.get("code")))
    digest = hashlib.sha256(json.dumps([common, *contents], sort_keys=True, default=str).encode()).hexdigest()
    spoken = [_entries(content) for content in (common, *contents)]
    asked = [_cues(content) for content in (common, *contents)]
    languages = tuple(_lexicon(content, common) for content in contents)
    return Lexicons(languages, digest, Vocabulary.of(*spoken), Vocabulary.of(*asked))


def _lexicon(content: Mapping[str, Any], common: Mapping[str, Any]) -> Lexicon:
    code = content.get("code")
    if not isinstance(code, str) or not code:
        raise LexiconError("a lexicon needs a code")
    used = {section: told for section, told in content.items() if section != "example"}
    return Lexicon(code, tuple(content.get("iso639_3", ())), used, common)


def _entries(content: Mapping[str, Any]) -> list[str]:
    """All that a file says of labels. Raises LexiconError on unknown places and on entries without a word."""
    found = [*senses(content)]
    for place, entry, _ in found:
        if not any(char.isalpha() for char in entry) and not tokens(fold(entry)):
            raise LexiconError(f"{content.get('code', '?')}: {place}: {entry!r} holds no word")
    return [entry for _, entry, _ in found] + [word for word, _ in prefixed(content)]


def _cues(content: Mapping[str, Any]) -> list[str]:
    return [entry for entries in content.get("question", {}).values() for entry in entries]
