"""Wording as the scorer reads it: words, numbers and signs of the folded spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from service.survey.scoring.language.folding import MAX_RAW, exact, fold

MAX_CLEAN: Final = 300
MAX_SMILEY: Final = 24  # characters of a label that is just a smiley; its pattern takes time quadratic in the length

_CAMEL = re.compile(
    r"(?<![^\W_])(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}){2,}(?![^\W_])"
)  # "StronglyAgree", as forms name options
_HUMP = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_LETTER = r"[^\W\d_]"
# "satisfait(e)", "Spokojený/á", "задоволений(-а)", "content·e": an ending that only inflects the word before it.
_ENDING = re.compile(
    rf"(?<={_LETTER}{_LETTER}{_LETTER})(?:\(-?{_LETTER}{{1,3}}\)|/-?{_LETTER}{{1,2}}(?!{_LETTER})|[·‧]{_LETTER}{{1,3}})+"
)
_SMILEYS: Final = {":-))": "😃", ":))": "😃", ":-)": "🙂", ":)": "🙂", ":d": "😃", ":-d": "😃", "=)": "🙂", ":-|": "😐",
                   ":|": "😐", ":-/": "😕", ":-(": "🙁", ":(": "🙁", ":-((": "😡", ":((": "😡", "=(": "🙁"}  # fmt: skip
_SMILEY = re.compile("|".join(re.escape(s) for s in sorted(_SMILEYS, key=len, reverse=True)))
_LONE_SMILEY = re.compile(rf"^\W*\d*\W*?(?:{_SMILEY.pattern})\W*$")
# Written without spaces, or with optional ones: each character is a word to the matcher.
_SPACELESS: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3040, 0x30FF),
                     (0x3130, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF),
                     (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip
_SPLITS: Final = frozenset("()[]{}/|;:=–—<>\n\t•→⇒")
_STARS: Final = frozenset("★⭐🌟✭✮✯🟊")
_EMPTY_STARS: Final = frozenset("☆✩✰")
_NUMBER = re.compile(r"(?<![\w.,])([-−+]?\d{1,3})(?![\d]|[.,]\d)(?:\s?(?:-|–|—|to|bis|till|til)\s?(\d{1,3})(?!\d))?")

_PAUSED = re.compile(r"[^\w\s]*\w+\s*,")
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
    paused: bool  # a comma follows the first word: "No, …"

    @property
    def words(self) -> tuple[str, ...]:
        return self.segments[0] if len(self.segments) == 1 else tuple(w for segment in self.segments for w in segment)


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
    """Separate words that are run together, as forms name their options: "StronglyAgree"."""
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
    paused = "," in folded and _PAUSED.match(folded) is not None
    return Text(folded, segments, spelled, number, bare=bare, stars=stars, long=long, paused=paused)


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
    """A number alone, without percent sign, currency, range or "+" after it: those are amounts. "2: 2" is one."""
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
