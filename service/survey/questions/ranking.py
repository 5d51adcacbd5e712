"""Matrices that ask for an order ("rank these, 1 is most important"): places are no scores. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from service.survey.model import UNREADABLE
from service.survey.scoring.language.folding import fold
from service.survey.scoring.language.text import tokens

if TYPE_CHECKING:
    from service.survey.model import QuestionItem

# Beginnings of words, folded as `fold` does, by which a question asks for an order.
_WORDS: Final = (
    "rang", "rank", "reihenfolge", "rangfolge", "prioriter", "prioris", "prioritis", "prioritiz", "jarjest", "ordning",
    "classe", "classez", "hierarchis", "ordena", "clasifi", "orden", "rekkefolge", "raekkefolge", "volgorde",
)  # fmt: skip
_PLACE: Final = re.compile(
    r"(?:nr|no|n|#|plats|plass|plads|platz|place|rang|rank|sija)?\W*([0-9]{1,2})\W*(?:[a-z]{1,3})?"
)


def is_ranking(item: QuestionItem) -> bool:
    """Whether a matrix's columns are places.

    They are if they count from 1, and the question asks for an order or there is one for each statement. Five
    statements on a scale of 1 to 5 look the same, but a place that is taken for a score is worse than no score.
    """
    if not item.is_matrix:
        return False
    places = [
        at if alternative.text == UNREADABLE else _place(alternative.text)
        for at, alternative in enumerate(item.alternatives, start=1)
    ]
    numbered = bool(places) and places == list(range(1, len(places) + 1))
    asked = any(word.startswith(_WORDS) for word in tokens(fold(f"{item.question} {item.text}")))
    return numbered and (asked or len(places) == len(item.statements))


def _place(text: str) -> int | None:
    found = _PLACE.fullmatch(fold(text))
    return int(found[1]) if found else None
