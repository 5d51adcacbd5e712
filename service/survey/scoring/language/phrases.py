"""Longest match of a lexicon's phrases in a row of words: a shorter phrase never matches inside a longer one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from service.survey.scoring.language.folding import ascii_like, exact_all, fold_all
from service.survey.scoring.language.text import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")
LONGEST_ENDING: Final = 7  # letters that `*` may stand for
SHORTEST_FUZZY: Final = 6  # below this, one changed letter is another word


@dataclass(slots=True)
class _Node(Generic[T]):
    words: dict[str, _Node[T]] | None = None
    stems: dict[str, _Node[T]] | None = None
    senses: tuple[T, ...] = ()

    def child(self, word: str, *, stem: bool) -> _Node[T]:
        """The node that follows by a word or stem, made if there is none."""
        if stem:
            self.stems = {} if self.stems is None else self.stems
            return self.stems.setdefault(word, _Node())
        self.words = {} if self.words is None else self.words
        return self.words.setdefault(word, _Node())


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase found at `start`, `length` words long, with everything it may mean."""

    start: int
    length: int
    senses: tuple[T, ...]
    phrase: tuple[str, ...]


class Phrases(Generic[T]):
    """Phrases by word. A word that ends in `*` stands for itself with any short ending."""

    def __init__(self, spell: Callable[[str, str], str] | None = None) -> None:
        """`spell` chooses between a word without and with its accents, where the language needs them."""
        self._spell = spell
        self._root: _Node[T] = _Node()
        self._near: dict[str, tuple[str, ...]] | None = None
        self._words: set[str] = set()
        self._stems: set[str] = set()

    def add(self, entry: str, sense: T) -> None:
        """Add a phrase in each of its spellings. Raises ValueError where nothing of it is a word."""
        self.extend([(entry, sense)])

    def extend(self, entries: Sequence[tuple[str, T]]) -> None:
        """Add many: folded all at once, which takes a tenth of the time."""
        for spelling in (str, ascii_like):
            texts = [spelling(e) for e, _ in entries]
            for folded, exact, (entry, sense) in zip(fold_all(texts), exact_all(texts), entries, strict=True):
                self._add(self._spelled(entry_words(folded), entry_words(exact)), entry, sense)
        self._near = None

    def _spelled(self, folded: list[str], exact: list[str]) -> list[str]:
        if self._spell is None or folded == exact:
            return folded
        pairs = zip(folded, exact, strict=True)
        return [self._spell(f.rstrip("*"), e.rstrip("*")) + "*" * f.endswith("*") for f, e in pairs]

    def _add(self, words: Sequence[str], entry: str, sense: T) -> None:
        if not words:
            raise ValueError(entry)
        node = self._root
        for word in words:
            stem = word.endswith("*")
            bare = word.rstrip("*")
            node = node.child(bare, stem=stem)
            (self._stems if stem else self._words).add(bare)
        if sense not in node.senses:
            node.senses = (*node.senses, sense)

    def find(self, words: Sequence[str], *, without: T | None = None) -> list[Match[T]]:
        """Phrases from left to right, the longest at each place; exact words before stems.

        Phrases that mean nothing but `without` are passed over.
        """
        found: list[Match[T]] = []
        start = 0
        while start < len(words):
            end, node = _longest(self._root, words, start, (without,))
            if node is None:
                start += 1
                continue
            found.append(Match(start, end - start, node.senses, tuple(words[start:end])))
            start = end
        return found

    def knows(self, word: str) -> bool:
        """Whether the word occurs in some phrase."""
        return word in self._words or any(word[:n] in self._stems for n in stem_lengths(word))

    def nearest(self, word: str) -> str | None:
        """The known word that this one is with a slip of one letter; None where there is none, or meanings differ.

        The first two letters must agree: in many languages they are the negation.
        """
        if len(word) < SHORTEST_FUZZY:
            return None
        if self._near is None:
            self._near = _slips([*self._words, *(f"{stem}*" for stem in self._stems)])
        found: set[str] = set()
        for length in (len(word), *range(len(word) - 1, max(SHORTEST_FUZZY, len(word) - 3) - 1, -1)):
            part = word[:length]
            for variant in _deletions(part):
                for known in self._near.get(variant, ()):
                    whole = length == len(word)
                    if (whole or known.endswith("*")) and known[:2] == word[:2]:
                        found.add(known)
        if len({self._alone(word) for word in found}) != 1:
            return None  # slips of words that mean different things: a guess
        return min(found, key=lambda known: (len(known), known)).rstrip("*")

    def _alone(self, word: str) -> tuple[T, ...]:
        """What a word means by itself; empty for words that only occur in longer phrases."""
        stems, words = self._root.stems or {}, self._root.words or {}
        node = stems.get(word[:-1]) if word.endswith("*") else words.get(word)
        return node.senses if node else ()


def _longest(node: _Node[T], words: Sequence[str], at: int, skip: tuple[T | None]) -> tuple[int, _Node[T] | None]:
    best: tuple[int, _Node[T] | None] = (at, node if node.senses and node.senses != skip else None)
    if at < len(words):
        for child in _children(node, words[at]):
            end, found = _longest(child, words, at + 1, skip)
            if found is not None and (best[1] is None or end > best[0]):
                best = (end, found)
    return best


def _children(node: _Node[T], word: str) -> Iterator[_Node[T]]:
    if node.words and word in node.words:
        yield node.words[word]
    if node.stems:
        for length in stem_lengths(word):
            if word[:length] in node.stems:
                yield node.stems[word[:length]]


def stem_lengths(word: str) -> range:
    return range(len(word), max(1, len(word) - LONGEST_ENDING) - 1, -1)


def entry_words(spelling: str) -> list[str]:
    """Words of a folded entry; `*` stays at the end of those that take endings."""
    words: list[str] = []
    for part in spelling.split():
        found = tokens(part)
        if part.endswith("*") and found:
            found[-1] += "*"
        words.extend(found)
    return words


def _slips(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by what is left of them without one letter. Large and seldom needed, so it is built late."""
    found: dict[str, tuple[str, ...]] = {}
    for word in known:
        bare = word.rstrip("*")
        if len(bare) >= SHORTEST_FUZZY:
            for variant in _deletions(bare):
                found[variant] = (*found.get(variant, ()), word)
    return found


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(2, len(word)))}
