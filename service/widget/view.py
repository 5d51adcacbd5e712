"""From a summary to what the card shows: which state, which answer leads, and the words around it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from service.survey.model import Band
from service.widget.chart import Point, points
from service.widget.texts import Texts, moment_of

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

State = Literal["answered", "never", "no_score", "starting", "unavailable", "expired", "invalid", "no_customer"]
Fresh = Literal["fresh", "stale", "starting"]
BANDS = tuple(str(band) for band in Band)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the card is. `age_seconds` and `as_of` are None until every survey was read once."""

    state: Fresh
    as_of: datetime | None
    age_seconds: float | None


@dataclass(frozen=True, slots=True)
class Card:
    """One card, ready for the template. Customers' text is plain text here and stays so."""

    state: State
    texts: Texts
    now: datetime
    band: str | None = None
    score: float | None = None
    lead: dict[str, Any] | None = None  # the answer that leads: the customer's own words
    others: tuple[dict[str, Any], ...] = ()
    comment: dict[str, Any] | None = None
    reason: str | None = None
    move: Literal["up", "down", "same"] | None = None
    previous: float | None = None
    last_scored: Markup | None = None
    line: tuple[Point, ...] = ()
    chart: Markup | None = None
    count: Markup | None = None
    low: Markup | None = None
    why: tuple[str, ...] = ()
    survey: str | None = None
    contact_id: str | None = None
    answered_at: datetime | None = None
    freshness: Freshness | None = None
    refresh_seconds: int | None = None


def state_of(summary: dict[str, Any], *, ready: bool) -> State:
    """Tell the state. Before every survey was read once, no answer is no evidence of none."""
    latest = summary["latest"]
    if latest is None:
        return "starting" if summary["freshness"]["as_of"] is None or not ready else "never"
    return "no_score" if latest["score"] is None else "answered"


def plain_card(state: State, texts: Texts, now: datetime, refresh_seconds: int | None = None) -> Card:
    """Make the card of a state that knows nothing of a customer."""
    return Card(state, texts, now, refresh_seconds=refresh_seconds)


def card_of(summary: dict[str, Any], texts: Texts, now: datetime, *, ready: bool) -> Card:
    """Make the card of a summary of the HTTP contract."""
    state = state_of(summary, ready=ready)
    refresh = int(summary["freshness"]["refresh_after_seconds"])
    latest = summary["latest"]
    if latest is None:
        freshness = None if state == "starting" else _freshness(summary["freshness"])
        return Card(state, texts, now, freshness=freshness, refresh_seconds=refresh)
    lead = lead_of(latest)
    answered = state == "answered"
    line = tuple(points(summary["history"]))
    return Card(
        state,
        texts,
        now,
        band=latest["band"] if answered else None,
        score=latest["score"],
        lead=lead,
        others=tuple(answer for answer in latest["answers"] if answer is not lead),
        comment=_comment(latest["answers"], lead),
        reason=None if answered else reason_of(lead),
        move=_move(summary["trend"]) if answered else None,
        previous=summary["trend"]["previous"] if summary["trend"] else None,
        last_scored=None if answered else _last_scored(summary, texts),
        line=line,
        chart=_chart_text(line, texts),
        count=_count(summary, texts),
        low=_low(summary, texts),
        why=tuple(why(latest, lead, texts)),
        survey=latest["survey"]["name"],
        contact_id=latest["contact_id"],
        answered_at=moment_of(latest["answered_at"]),
        freshness=_freshness(summary["freshness"]),
        refresh_seconds=refresh,
    )


def lead_of(latest: dict[str, Any]) -> dict[str, Any] | None:
    """Pick the answer whose words go with the score: of the score's kind, nearest to it; else the first closed one."""
    answers: list[dict[str, Any]] = latest["answers"]
    if latest["score_basis"]:
        of_kind = [a for a in answers if a["kind"] == latest["score_basis"]["kind"] and a["score"] is not None]
        if of_kind:
            return min(of_kind, key=lambda answer: abs(answer["score"] - latest["score"]))
    closed = [answer for answer in answers if not answer.get("comment")]
    return next(iter([a for a in closed if a["score"] is None] + closed + answers), None)


def reason_of(lead: dict[str, Any] | None) -> str:
    """Say why a result led by this answer has no score, as a text's key."""
    if lead is None or lead.get("comment"):
        return "reason.free_text"
    return f"reason.{lead['reason'] or 'no_headline'}"


def why(latest: dict[str, Any], lead: dict[str, Any] | None, texts: Texts) -> list[str]:
    """Explain the score: kind and number of answers, method, scale and its direction."""
    basis = latest["score_basis"]
    if not basis or not lead:
        return []
    kind = texts.say(f"kind.{basis['kind']}")
    lines = [texts.say("basis_one" if basis["items"] == 1 else "basis_other", kind=kind, n=basis["items"])]
    if lead["method"]:
        lines.append(texts.say(f"method.{lead['method']}"))
    if lead["scale"]:
        steps = texts.say("steps", n=lead["scale"]["points"])
        direction = lead["scale"]["direction"]
        lines.append(steps + ", " + texts.say(f"direction.{direction}") if direction else steps)
    return [str(line) for line in lines]


def _comment(answers: list[dict[str, Any]], lead: dict[str, Any] | None) -> dict[str, Any] | None:
    return next((answer for answer in answers if answer.get("comment") and answer is not lead), None)


def _move(trend: dict[str, Any] | None) -> Literal["up", "down", "same"] | None:
    if trend is None:
        return None
    return "up" if trend["change"] > 0 else "down" if trend["change"] < 0 else "same"


def _last_scored(summary: dict[str, Any], texts: Texts) -> Markup | None:
    entry = next((entry for entry in summary["history"] if entry["score"] is not None), None)
    if entry is None or summary["band"] is None:
        return None
    return texts.say(
        "last_scored",
        band=texts.say(f"band.{summary['band']}"),
        score=texts.number(summary["score"]),
        date=texts.date(moment_of(entry["answered_at"])),
    )


def _chart_text(line: tuple[Point, ...], texts: Texts) -> Markup | None:
    spoken = (f"{texts.date(point.at)}: {texts.number(point.score)}" for point in line)
    return texts.say("chart", points="; ".join(spoken)) if line else None


def _count(summary: dict[str, Any], texts: Texts) -> Markup:
    answered, history = summary["answered"], summary["history"]
    if answered == 1:
        return texts.say("answered_one")
    if answered > len(history):
        return texts.say("answered_many", n=answered)
    return texts.say("answered_other", n=answered, date=texts.date(moment_of(history[-1]["answered_at"])))


def warning_of(people: int | None, band: str | None) -> str | None:
    """Warn of people whom the headline hides, as a text's key: several, or one while the headline is not low."""
    if not people or (people == 1 and band in BANDS[:2]):
        return None
    return "low_one" if people == 1 else "low_other"


def _low(summary: dict[str, Any], texts: Texts) -> Markup | None:
    key = warning_of(summary["low_respondents"], summary["band"])
    return texts.say(key, n=summary["low_respondents"]) if key else None


def _freshness(document: dict[str, Any]) -> Freshness:
    if document["as_of"] is None:
        return Freshness("starting", None, None)
    state: Fresh = "stale" if document["state"] == "stale" else "fresh"
    return Freshness(state, moment_of(document["as_of"]), document["age_seconds"])
