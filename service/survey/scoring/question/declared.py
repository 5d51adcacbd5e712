"""What a question says about its numbers: "from 1 (very bad) to 5 (very good)"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from service.survey.scoring.label.label import Label, Sort
from service.survey.scoring.language.folding import fold
from service.survey.scoring.scale.list_reading import read_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.survey.scoring.language.lexicons import Lexicons

_MAX: Final = 600  # characters of a question that are read
_CANDIDATES: Final = 6  # of words that may go with one number
_WORDS: Final = r"[^\d()\[\]=;,.:?!]{2,60}"


def declared(question: str, labels: Sequence[Label], lexicons: Lexicons) -> int | None:
    """1 where the question says that the highest number is best, −1 the lowest, 0 nothing, None a contradiction."""
    numbers = [label.number[0] for label in labels if label.number is not None]
    folded = fold(question)[:_MAX]
    if not numbers or not any(char.isdigit() for char in folded):
        return 0
    low, high = (_end(_said(folded, number), lexicons) for number in (min(numbers), max(numbers)))
    if low is None and high is None:
        return 0
    if low is None or high is None:
        said = high if low is None else -(low or 0.0)
        return (said > 0) - (said < 0) if said else 0
    return None if low == high or max(low, high) < 0 else 1 if low < high else -1


def _said(folded: str, number: int) -> list[str]:
    """What may go with a number: words before it ("bad (1)"), after it ("1 = bad", "1 (bad"), right after ("1 bad")."""
    before = rf"({_WORDS})[(\[]\s*{number}\s*[)\]]"
    after = rf"(?<![\d.,-]){number}(?![\d.,])\s*[)\]]?\s*[=:(\[–—-]\s*({_WORDS})"
    plain = rf"(?<![\d.,-]){number}(?![\d.,])\s+({_WORDS})"
    return [text for pattern in (before, after, plain) for text in re.findall(pattern, folded)][:_CANDIDATES]


def _end(texts: Sequence[str], lexicons: Lexicons) -> float | None:
    """The valence of the first of the texts that has one: "from 0 to 10, where 0 is bad"."""
    return next((value for text in texts if (value := _value(text, lexicons)) is not None), None)


def _value(text: str, lexicons: Lexicons) -> float | None:
    if not text.strip():
        return None
    label = read_list([text], lexicons).labels[0]
    return label.value if label.sort is Sort.POLAR or (label.sort is Sort.DEGREE and label.value < 0) else None
