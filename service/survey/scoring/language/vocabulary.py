"""In which languages a word occurs: enough to know which lexicons are worth compiling for a list of labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.scoring.language.folding import ascii_like, folded_lines
from service.survey.scoring.language.phrases import entry_words, stem_lengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, and stems that take endings, with the places of the languages that know them."""

    words: Mapping[str, tuple[int, ...]]
    stems: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, common: Sequence[str], *languages: Sequence[str]) -> Vocabulary:
        """The words of each language's entries; those of `common` belong to all."""
        shared = _words(common)
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, entries in enumerate(languages):
            for word in _words(entries) | shared:
                found[word].append(at)
        known: dict[tuple[int, ...], tuple[int, ...]] = {}  # most words are of one language: one tuple for all of them
        places = {word: known.setdefault(t := tuple(at), t) for word, at in found.items()}
        return cls(
            {word: at for word, at in places.items() if not word.endswith("*")},
            {word[:-1]: at for word, at in places.items() if word.endswith("*")},
        )

    def hits(self, words: Iterable[str]) -> Counter[int]:
        """How many of the words each language knows."""
        counted: Counter[int] = Counter()
        for word in set(words):
            found = set(self.words.get(word, ()))
            for length in stem_lengths(word):
                found.update(self.stems.get(word[:length], ()))
            counted.update(found)
        return counted


def _words(entries: Sequence[str]) -> set[str]:
    """Every word of the entries in each of its spellings. Folded all at once: one by one takes a second."""
    text = "\n".join(entries)
    parts = {part for spelling in {text, ascii_like(text)} for part in folded_lines(spelling).split()}
    return {word for part in parts for word in entry_words(part)}
