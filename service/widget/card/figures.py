"""How a score is written: in the answer's own figures, so that number and band never contradict each other. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.survey.bands import band as band_of
from service.survey.model import Band, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.widget.texts import Texts

# The recommend question is told by its classes and on 0-10, as its readers know it.
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

    Not where the label's own polarity has raised or lowered the band, or rounding carries the number over its edge;
    nor beside a recommendation's own.
    """
    return kind != Kind.NPS and band_of(score) == band


def step(answer: Mapping[str, Any], texts: Texts) -> str | None:
    """The answer's own step, "2 of 5". A recommendation says it by itself."""
    place, scale = answer.get("step"), answer.get("scale")
    if place is None or not scale or answer["kind"] == Kind.NPS:
        return None
    return str(texts.say("step", n=place, points=scale["points"]))


def details(answer: Mapping[str, Any], texts: Texts) -> str:
    """What is said of a scored answer beside its words: band, number and step, but not the band in the same words."""
    band, score, kind = answer["band"], answer["score"], answer["kind"]
    said = words(band, score, kind, texts) if band else figure(score, kind, texts)
    numbered = figure(score, kind, texts) if band and number(band, score, kind) else None
    parts = [None if same(answer["answer"], said) else said, numbered, step(answer, texts)]
    return " · ".join(part for part in parts if part)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same, but for case and spaces."""
    return " ".join(one.split()).lower() == " ".join(other.split()).lower()
