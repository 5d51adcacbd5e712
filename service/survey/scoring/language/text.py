"""Wording as the scorer reads it: one folded spelling, words, numbers and signs.

Folding is the same for labels and lexicon entries: NFKC, case folded, accents stripped, apostrophes dropped.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

MAX_RAW: Final = 2_000  # characters looked at; a label that needs more is prose
MAX_CLEAN: Final = 300
MAX_STACKED: Final = 8  # marks on one letter; no language writes more than four
MAX_SMILEY: Final = 24  # a label that is nothing but a smiley is no longer; its pattern costs the square of the length

_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,300}>")
_CAMEL = re.compile(
    r"(?<![^\W_])(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}){2,}(?![^\W_])"
)  # "StronglyAgree", as forms name options
_HUMP = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_LETTER = r"[^\W\d_]"
# "satisfait(e)", "Spokojený/á", "задоволений(-а)", "content·e": an ending that only inflects the word before it.
_ENDING = re.compile(
    rf"(?<={_LETTER}{_LETTER}{_LETTER})(?:\(-?{_LETTER}{{1,3}}\)|/-?{_LETTER}{{1,2}}(?!{_LETTER})|[·‧]{_LETTER}{{1,3}})+"
)
_GEMINATE: Final = re.compile(r"(?<=[^\W\d_])l[·•‧・]l(?=[^\W\d_])")  # Catalan "excel·lent"
_SMILEYS: Final = {":-))": "😃", ":))": "😃", ":-)": "🙂", ":)": "🙂", ":d": "😃", ":-d": "😃", "=)": "🙂", ":-|": "😐",
                   ":|": "😐", ":-/": "😕", ":-(": "🙁", ":(": "🙁", ":-((": "😡", ":((": "😡", "=(": "🙁"}  # fmt: skip
_SMILEY = re.compile("|".join(re.escape(s) for s in sorted(_SMILEYS, key=len, reverse=True)))
_LONE_SMILEY = re.compile(rf"^\W*\d*\W*?(?:{_SMILEY.pattern})\W*$")
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
_POINTS: Final = frozenset(c for c in _MARKS if c > "\u036f")  # vowel signs that are written or not
_STROKES: Final = str.maketrans({"ø": "o"})
# Written without spaces, or with optional ones: each character is a word to the matcher.
_SPACELESS: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3040, 0x30FF),
                     (0x3130, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF),
                     (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip
_SPLITS: Final = frozenset("()[]{}/|;:=–—<>\n\t•→⇒")
_STARS: Final = frozenset("★⭐🌟✭✮✯🟊")
_EMPTY_STARS: Final = frozenset("☆✩✰")
_NUMBER = re.compile(r"(?<![\w.,])([-−+]?\d{1,3})(?![\d]|[.,]\d)(?:\s?(?:-|–|—|to|bis|till|til)\s?(\d{1,3})(?!\d))?")

_BARE = re.compile(r"[\s(\[#.:]*([-−+]?\d{1,3})(?:(?:\s*[:=|]\s*|\s+[-–—]\s+|\.\s+)\1)?[\s)\].:]*")


@dataclass(frozen=True, slots=True)
class Text:
    """One label, read. `segments` are its parts between brackets, slashes and dashes; `words` all of them in a row."""

    folded: str
    segments: tuple[tuple[str, ...], ...]
    exact: tuple[tuple[str, ...], ...]  # the same words with their accents
    number: tuple[int, int] | None  # the number it carries, as a range
    bare: bool  # nothing but a number or stars
    stars: int  # how many are filled
    long: bool  # more than a label: prose

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for segment in self.segments for word in segment)


def exact(raw: str) -> str:
    """As `fold`, but with the accents of letters kept: for words that nothing else tells apart."""
    return " ".join(_plain(raw[:MAX_RAW], marks=_POINTS).split())


def fold(raw: str) -> str:
    """One spelling for comparison: markup, case, accents, invisible characters and outer space gone."""
    return " ".join(folded_lines(_bounded(raw)).split())


def _bounded(raw: str) -> str:
    """As much of a text as is looked at, and such that the rest costs no more than its length.

    Unicode's normal forms sort the marks on one letter, which costs the square of their number, and may write one
    character as eighteen.
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
    return unicodedata.normalize("NFKC", "".join(kept))[:MAX_RAW]


def folded_lines(raw: str) -> str:
    """The same for many texts at once, one a line, whatever their length; spaces stay as they are."""
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
    """Each entry with its accents, likewise."""
    lines = exact_lines("\n".join(entries)).split("\n") if entries else []
    return [" ".join(line.split()) for line in lines]


def ascii_like(entry: str) -> str:
    """A lexicon entry as it may be written, too: with ae/oe/ue/aa for the letters that ASCII lacks."""
    return entry if entry.isascii() else unicodedata.normalize("NFC", entry).casefold().translate(_ASCII)


def spaceless(word: str) -> bool:
    """Whether a word is a character of a script that needs no spaces between words."""
    code = ord(word[0])
    return code > 0x0DFF and any(lo <= code <= hi for lo, hi in _SPACELESS)  # noqa: PLR2004 (start of the first range)


def tokens(folded: str) -> list[str]:
    """Words of a folded text, single characters of spaceless scripts and signs; digits and punctuation are left out."""
    if folded.isascii() and folded.isalpha():
        return [folded]
    found: list[str] = []
    word: list[str] = []
    for char in folded:
        if char.isalpha() or (not char.isascii() and unicodedata.category(char)[0] == "M"):
            if spaceless(char):
                if word:
                    found.append("".join(word))
                    word = []
                found.append(char)
            else:
                word.append(char)
            continue
        if word:
            found.append("".join(word))
            word = []
        if not char.isascii() and unicodedata.category(char) == "So":
            found.append(char)
    if word:
        found.append("".join(word))
    return found


def unhumped(raw: str) -> str:
    """Words run together as forms name their options, apart again: "StronglyAgree"."""
    return _CAMEL.sub(lambda m: _HUMP.sub(" ", m.group()), raw[:MAX_RAW])


def read(raw: str) -> Text:
    """Read one label. Any text is fine; what is too long to be a label is marked `long`."""
    folded = fold(raw)
    if len(folded) <= MAX_SMILEY and _LONE_SMILEY.match(folded):
        folded = _SMILEY.sub(lambda m: f" {_SMILEYS[m.group()]} ", folded)
    long = len(folded) > MAX_CLEAN or len(raw) > MAX_RAW
    folded = _ENDING.sub("", folded[:MAX_CLEAN])
    stars = sum(folded.count(s) for s in _STARS)
    number = _number(folded)
    if stars and number is None:
        number = (stars, stars)
    segments = tuple(s for part in _split(folded) if (s := tuple(_without_stars(tokens(part)))))
    accented = folded if raw.isascii() and "&" not in raw else _ENDING.sub("", exact(raw)[:MAX_CLEAN])
    spelled = tuple(s for part in _split(accented) if (s := tuple(_without_stars(tokens(part)))))
    if [len(s) for s in spelled] != [len(s) for s in segments]:
        spelled = segments
    bare = not segments and number is not None and (bool(stars) or _is_bare(folded))
    return Text(folded=folded, segments=segments, exact=spelled, number=number, bare=bare, stars=stars, long=long)


def _without_stars(found: list[str]) -> list[str]:
    return [t for t in found if t not in _STARS and t not in _EMPTY_STARS]


def _split(folded: str) -> list[str]:
    parts: list[str] = [""]
    for i, char in enumerate(folded):
        dash = char == "-" and folded[i - 1 : i] in {" ", ""} and folded[i + 1 : i + 2] in {" ", ""}
        if char in _SPLITS or dash:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _is_bare(folded: str) -> bool:
    """A number alone: no percent sign, plus, currency or range, which make it an amount. "2: 2" is one number."""
    return _BARE.fullmatch(folded) is not None


def _number(folded: str) -> tuple[int, int] | None:
    """The label's number: at its start, else at its end. A lone number reads as a range of one."""
    found = list(_NUMBER.finditer(folded))
    if not found:
        return None
    lead = folded[: found[0].start()].strip(" ([{#*•-–—.:")
    chosen = found[0] if not lead else found[-1]
    tail = folded[chosen.end() :].strip(" )]}.:*!")
    if lead and tail:
        return None
    low = int(chosen.group(1).replace("−", "-"))
    high = int(chosen.group(2)) if chosen.group(2) else low
    return (low, high) if low <= high else (low, low)
