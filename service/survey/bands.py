"""A score in words."""

from __future__ import annotations

from typing import Final

from service.survey.model import Band, Polarity

_UP_TO: Final = ((20.0, Band.VERY_DISSATISFIED), (40.0, Band.DISSATISFIED))
_NEUTRAL_TO: Final = 60.0
_SATISFIED_TO: Final = 80.0
PROMOTER: Final = 9
PASSIVE: Final = 7
_VERY_LOW_NPS: Final = 3


def band(score: float, polarity: Polarity | None = None) -> Band:
    """Band of a score (0–100). A positive label is never below neutral, a negative one never above."""
    plain = _plain(score)
    if polarity is Polarity.POSITIVE and plain.low:
        return Band.NEUTRAL
    if polarity is Polarity.NEGATIVE and plain in {Band.SATISFIED, Band.VERY_SATISFIED}:
        return Band.NEUTRAL
    return plain


def _plain(score: float) -> Band:
    for limit, low in _UP_TO:
        if score < limit:
            return low
    if score <= _NEUTRAL_TO:
        return Band.NEUTRAL
    return Band.SATISFIED if score <= _SATISFIED_TO else Band.VERY_SATISFIED


def nps_class(points: int) -> str:
    """Class of an answer on 0–10 to the recommend question."""
    if points >= PROMOTER:
        return "promoter"
    return "passive" if points >= PASSIVE else "detractor"


def nps_band(points: int) -> Band:
    """Band of an answer on 0–10 to the recommend question."""
    if points >= PROMOTER:
        return Band.VERY_SATISFIED
    if points >= PASSIVE:
        return Band.NEUTRAL
    return Band.VERY_DISSATISFIED if points <= _VERY_LOW_NPS else Band.DISSATISFIED
