"""Words that differ only in their accents: Swedish "är" and "år". All others are compared without accents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.survey.scoring.language.folding import exact_lines, folded_lines
from service.survey.scoring.language.phrases import entry_words, stem_lengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Spelling:
    """Folded words and stems that stand for several words of a language, so that their accents count."""

    words: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    always: bool = False  # accents mark tones in this language: every word needs them

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str]], rivals: Iterable[str]) -> Spelling:
        """Made from a lexicon's entries, each with its place in the file.

        Two spellings in one place are one word. `rivals`: words of the language that mean nothing here, but look like
        one of the entries when accents are dropped.
        """
        told = [*entries, *((rival, "rival") for rival in rivals)]
        places: dict[str, dict[str, set[str]]] = {}  # folded word, or stem with its "*" → accented → places
        for (_, place), pairs in zip(told, _pairs([entry for entry, _ in told]), strict=True):
            for folded, accented in pairs:
                found = places.setdefault(folded, {}).setdefault(accented, set())
                if len(pairs) == 1:
                    found.add(place)
        kept = {folded for folded, spellings in places.items() if _differ(spellings.values())}
        kept |= {stem for word in places if not word.endswith("*") for stem in _rivalled(word, places)}
        return cls(
            frozenset(w for w in kept if not w.endswith("*")), frozenset(w[:-1] for w in kept if w.endswith("*"))
        )

    def word(self, folded: str, accented: str) -> str:
        """The word as the language's phrases hold it."""
        if (
            self.always
            or folded in self.words
            or (self.stems and any(folded[:n] in self.stems for n in stem_lengths(folded)))
        ):
            return accented
        return folded

    def row(self, folded: Sequence[str], accented: Sequence[str]) -> tuple[str, ...]:
        """The same for a row of words."""
        return tuple(map(self.word, folded, accented)) if self.matters else tuple(folded)

    @property
    def matters(self) -> bool:
        """Whether any word needs its accents."""
        return bool(self.always or self.words or self.stems)


def _differ(places: Iterable[set[str]]) -> bool:
    """Whether the spellings differ in meaning: they do not all stand in the same places."""
    return len({frozenset(p) for p in places}) > 1


def _rivalled(word: str, places: Mapping[str, Mapping[str, set[str]]]) -> Iterator[str]:
    """Stems that a word matches only without accents, though it means something else."""
    for length in stem_lengths(word):
        stems = places.get(f"{word[:length]}*", {})
        for accented, found in places[word].items() if stems else ():
            fits = any(accented.startswith(stem[:-1]) for stem in stems)
            if not fits and _differ([found, *stems.values()]):
                yield f"{word[:length]}*"


def _pairs(entries: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """Every word of each entry, folded and with its accents. Folded all at once: one by one takes a second."""
    text = "\n".join(entries)
    for folded, accented in zip(folded_lines(text).split("\n"), exact_lines(text).split("\n"), strict=True):
        yield list(zip(entry_words(folded), entry_words(accented), strict=True))
