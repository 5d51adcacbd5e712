"""No text over 64 KiB is kept, and one that was cut says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.survey.long_text import LONGEST_TEXT, cut, was_cut


def size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("letter", ["a", "å", "…", "\u0301", "😀"])
@pytest.mark.parametrize("around", [-2, -1, 0, 1, 2, 3, 100_000])
def test_what_is_kept_is_never_longer(letter, around):
    text = letter * (LONGEST_TEXT // size(letter) + around)
    kept = cut(text)
    assert size(kept) <= LONGEST_TEXT
    assert (kept == text) == (size(text) <= LONGEST_TEXT)
    assert was_cut(kept) == (kept != text) or text.endswith("…")


def test_what_cannot_be_stored_is_no_error():
    assert size(cut("\ud800" * LONGEST_TEXT)) <= LONGEST_TEXT
    assert not was_cut("\ud800" * LONGEST_TEXT)


@given(some.text(max_size=200), some.integers(1, 3000))
def test_it_is_the_beginning_of_what_was_said(text, times):
    long = text * times
    kept = cut(long)
    assert size(kept) <= LONGEST_TEXT
    assert kept == long or long.startswith(kept[:-1])
