"""How a score is written: so that its number and its band never contradict each other. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.survey.bands import band as band_of
from service.survey.model import Band, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.widget.texts import Texts

# A recommendation is shown with its NPS class and on 0-10, as its readers know it.
NPS_CLASS: Final[Mapping[str, str]] = {
    Band.VERY_DISSATISFIED: "detractor",
    Band.DISSATISFIED: "detractor",
    Band.NEUTRAL: "passive",
    Band.SATISFIED: "promoter",
    Band.VERY_SATISFIED: "promoter",
}
NPS_LOW_TO: Final = 65.0  # between 6, the last detractor, and 7
LOW_TO: Final = 40.0


def figure(score: float, kind: str | None, texts: Texts) -> str:
    """A score as a number: on 0-100, a recommendation on 0-10."""
    return texts.number(score / 10 if kind == Kind.NPS else score)


def words(band: str, score: float, kind: str | None, texts: Texts) -> str:
    """A score in words: its band, and for a recommendation "6 / 10 · Detractor"."""
    if kind == Kind.NPS:
        return f"{figure(score, kind, texts)} / 10 · {texts.say(f'nps.{NPS_CLASS[band]}')}"
    return str(texts.say(f"band.{band}"))


def number(band: str, score: float, kind: str | None) -> bool:
    """Whether the number on 0-100 may stand beside the band.

    Not where the polarity of the wording has raised or lowered the band, or rounding moves the number into another
    band; nor for a recommendation, which shows its own number.
    """
    return kind != Kind.NPS and band_of(score) == band


def step(answer: Mapping[str, Any], texts: Texts) -> str | None:
    """The answer's step, "2 of 5"; None for a recommendation, whose number says it already."""
    place, scale = answer.get("step"), answer.get("scale")
    if place is None or not scale or answer["kind"] == Kind.NPS:
        return None
    return str(texts.say("step", n=place, points=scale["points"]))


def details(answer: Mapping[str, Any], texts: Texts) -> str:
    """What is shown beside a scored answer's words: band, number and step; no band that would repeat the words."""
    band, score, kind = answer["band"], answer["score"], answer["kind"]
    said = words(band, score, kind, texts) if band else figure(score, kind, texts)
    numbered = figure(score, kind, texts) if band and number(band, score, kind) else None
    parts = [None if same(answer["answer"], said) else said, numbered, step(answer, texts)]
    return " · ".join(part for part in parts if part)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same, but for case and spaces."""
    return " ".join(one.split()).lower() == " ".join(other.split()).lower()
