"""A slip of a letter is mended, and never turns a word round."""

from __future__ import annotations

import itertools

import pytest

from service.app.lexicon_files import COMMON, load, read_all
from service.survey.scoring.label.label import Sort
from service.survey.scoring.label.understanding import understand
from service.survey.scoring.language.text import read

LEXICONS = load()
CODES = sorted(content["code"] for name, content in read_all().items() if name != COMMON)

TOLD = [
    (["Slet ikke værdsat", "Lidt værdsat", "Meget værdsat"], [0, 50, 100]),
    (["Very satsified", "Satisfied", "Disatisfied"], [100, 50, 0]),
    (["Mycket bellåten", "Belåten", "Missnöjd"], [100, 50, 0]),
    (["Sehr zufriden", "Zufrieden", "Unzufrieden"], [100, 50, 0]),
]


@pytest.mark.parametrize(("labels", "expected"), TOLD, ids=lambda value: str(value[0]))
def test_told(scorer, labels, expected):
    assert [step.score for step in scorer.explain(labels).steps] == expected


def slips(word):
    """One letter gone, doubled, or two swapped, behind the first."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1 :]
        yield word[: at + 1] + word[at:]
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@pytest.mark.parametrize("code", CODES)
def test_mending_a_slip_never_changes_the_polarity_of_a_word(code):
    lexicon = LEXICONS.named(code)
    stems = [e.rstrip("*") for kind in lexicon.content["stems"].values() for pole in kind.values() for e in pole]
    words = [stem for stem in stems if stem.isalpha() and len(stem) > 5]
    turned = []
    for word in itertools.islice(words, 0, None, 3):
        meant = understand(read(word), lexicon)
        if meant.sort is not Sort.POLAR:
            continue
        for slip in slips(word):
            if all(map(lexicon.labels.knows, lexicon.spelled(read(slip)).words)):
                continue  # another word of the lexicon, or one of its stems with an ending: nothing is mended
            got = understand(read(slip), lexicon)
            if got.sort is Sort.POLAR and got.value * meant.value < 0:
                turned.append((word, slip))
    assert turned == []
