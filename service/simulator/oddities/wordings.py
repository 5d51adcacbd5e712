"""The same alternative in other words: mended, renamed, in another language, or spelt another way."""

from __future__ import annotations

import unicodedata
from typing import Final

# By position, worst first: what an alternative is called in each language.
LANGUAGES: Final = (
    ("Mycket missnöjd", "Missnöjd", "Varken eller", "Nöjd", "Mycket nöjd"),
    ("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"),
    ("Sehr unzufrieden", "Unzufrieden", "Weder noch", "Zufrieden", "Sehr zufrieden"),
)
MENDED: Final = {
    "Mycket missnöjd": "Väldigt missnöjd",
    "Mycket nöjd": "Väldigt nöjd",
    "Sehr unzufrieden": "Äußerst unzufrieden",
    "Sehr zufrieden": "Äußerst zufrieden",
    "Very dissatisfied": "Extremely dissatisfied",
    "Very satisfied": "Extremely satisfied",
}


def mended(text: str) -> str:
    """The wording after the author mended it."""
    return MENDED.get(text, text)


def translated(text: str) -> str:
    """The same step in the next language; any other text as it is."""
    for number, words in enumerate(LANGUAGES):
        if text in words:
            return LANGUAGES[(number + 1) % len(LANGUAGES)][words.index(text)]
    return text


def marked_up(text: str) -> str:
    """As a rich text editor leaves it."""
    return f"<p><strong>{text.replace(' ', '&nbsp;')}</strong></p>" if text else text


def decomposed(text: str) -> str:
    """Letters and their marks apart, as a Mac types them."""
    return unicodedata.normalize("NFD", text)


def hyphenated(text: str) -> str:
    """With soft hyphens, which nobody sees."""
    return " ".join(word[:4] + "\u00ad" + word[4:] if len(word) > 6 else word for word in text.split(" "))  # noqa: PLR2004


RESPELT: Final = {
    "mended": mended,
    "translated": translated,
    "marked_up": marked_up,
    "decomposed": decomposed,
    "hyphenated": hyphenated,
}
