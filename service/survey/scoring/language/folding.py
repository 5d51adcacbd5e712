"""One folded spelling for labels and lexicon entries: NFKC, case folded, accents stripped, apostrophes dropped."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

MAX_RAW: Final = 2_000  # characters looked at; a label that needs more is prose
MAX_GROWN: Final = 2  # if folding expands a text, it is read up to so many times its length
SHORT: Final = 64  # characters; a shorter text may grow as if it had so many
MAX_STACKED: Final = 8  # marks on one letter; no language writes more than four
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,300}>")
_GEMINATE: Final = re.compile(r"(?<=[^\W\d_])l[·•‧・]l(?=[^\W\d_])")  # Catalan "excel·lent"
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘ʼ`´ʻ′ʹ＇"))
_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ə": "e",
        "ş": "ș",  # Romanian's comma is often typed as a cedilla
        "ţ": "ț",
        "ى": "ي",
        "ة": "ه",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
    }
)
_ASCII: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "õ": "oe"})
# Marks that only decorate a letter. Kana, Thai and Indic marks make another letter and stay.
_MARKS: Final = frozenset(
    chr(c)
    for lo, hi in ((0x300, 0x36F), (0x591, 0x5C7), (0x64B, 0x65F), (0x670, 0x670), (0xFE00, 0xFE0F))
    for c in range(lo, hi + 1)
)
_POINTS: Final = frozenset(c for c in _MARKS if c > "\u036f")  # vowel signs, which writers may leave out
_STROKES: Final = str.maketrans({"ø": "o"})


def exact(raw: str) -> str:
    """As `fold`, but with the accents of letters kept: for words that nothing else tells apart."""
    return " ".join(_plain(raw[:MAX_RAW], marks=_POINTS).split())


def fold(raw: str) -> str:
    """One spelling for comparison: markup, case, accents, invisible characters and outer space gone."""
    return " ".join(folded_lines(_bounded(raw)).split())


def _bounded(raw: str) -> str:
    """The part of a text that is read, bounded so that folding it takes time linear in its length.

    Unicode's normal forms sort the marks on one letter, in time quadratic in their number, and may expand one
    character to eighteen.
    """
    text = raw[:MAX_RAW]
    if text.isascii():
        return text
    kept: list[str] = []
    stacked = 0
    for char in text:
        stacked = stacked + 1 if unicodedata.combining(char) else 0
        if stacked <= MAX_STACKED:
            kept.append(char)
    most = min(MAX_RAW, MAX_GROWN * max(len(kept), SHORT))
    return unicodedata.normalize("NFKC", "".join(kept))[:most]


def folded_lines(raw: str) -> str:
    """As `fold`, for many texts at once, one per line and of any length; spaces stay as they are."""
    text = _plain(raw, marks=_MARKS)
    return text if text.isascii() else text.translate(_STROKES)


def exact_lines(raw: str) -> str:
    """As `folded_lines`, with accents."""
    return _plain(raw, marks=_POINTS)


def _plain(raw: str, *, marks: frozenset[str]) -> str:
    """Markup, case, invisible characters and the given marks gone."""
    text = html.unescape(raw)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _without(text, {c for c in set(text) if not c.isascii() and unicodedata.category(c) == "Cf"})
    text = _GEMINATE.sub("ll", text.translate(_APOSTROPHES))
    if not text.isascii():
        text = unicodedata.normalize("NFD", text.replace("i\u0307", "i"))
        text = _without(text, marks.intersection(text))
        text = unicodedata.normalize("NFC", text.translate(_LETTERS))
    return text


def _without(text: str, chars: AbstractSet[str]) -> str:
    return text.translate(dict.fromkeys(map(ord, chars))) if chars else text


def fold_all(entries: Sequence[str]) -> list[str]:
    """Each entry folded; entries hold no line breaks."""
    lines = folded_lines("\n".join(entries)).split("\n") if entries else []
    return [" ".join(line.split()) for line in lines]


def exact_all(entries: Sequence[str]) -> list[str]:
    """As `fold_all`, with accents."""
    lines = exact_lines("\n".join(entries)).split("\n") if entries else []
    return [" ".join(line.split()) for line in lines]


def ascii_like(entry: str) -> str:
    """The other spelling of a lexicon entry: ae/oe/ue/aa for the letters that ASCII lacks."""
    return entry if entry.isascii() else unicodedata.normalize("NFC", entry).casefold().translate(_ASCII)
