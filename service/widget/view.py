"""From a summary to what the card shows: which state, which answer leads, and the words around it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from service.survey.model import Band, Kind
from service.widget.card import figures
from service.widget.card.lead import lead_of, reason_of, why
from service.widget.card.people import Low, Person, low_of, person_of
from service.widget.chart import Point, line_kind, points
from service.widget.options import OLD_AFTER_DAYS
from service.widget.texts import DAY_SECONDS, Texts, moment_of

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

State = Literal["answered", "never", "no_score", "starting", "unavailable", "expired", "invalid", "no_customer"]
Fresh = Literal["fresh", "stale", "starting"]
BANDS = tuple(str(band) for band in Band)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the operator wants cards: the URL of a person in the CRM, and from which age an answer is old."""

    contact_url: str | None = None
    old_after_days: float = OLD_AFTER_DAYS


PLAIN = Manner()


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
    said: str | None = None  # the band in words, or a recommendation's number and class
    score: str | None = None  # on 0-100, where it may stand beside the band
    step: str | None = None
    person: Person | None = None
    ago: str | None = None
    old: bool = False
    lead: dict[str, Any] | None = None  # the answer that leads: the customer's own words
    quote: bool = False  # whether its words say more than the band does
    others: tuple[dict[str, Any], ...] = ()
    comment: dict[str, Any] | None = None
    reason: str | None = None
    move: Literal["up", "down", "same"] | None = None
    trend: Markup | None = None
    trend_of: str | None = None
    last_scored: Markup | None = None
    line: tuple[Point, ...] = ()
    chart: Markup | None = None
    nps: bool = False  # whether the line is of recommendations
    count: Markup | None = None
    low: Markup | None = None
    people: tuple[Low, ...] = ()
    unnamed: int = 0  # how many more are dissatisfied
    why: tuple[str, ...] = ()
    survey: str | None = None
    answered_at: datetime | None = None
    freshness: Freshness | None = None
    refresh_seconds: int | None = None


def state_of(summary: dict[str, Any], *, ready: bool) -> State:
    """Tell the state. Until every survey was read once, a missing answer does not mean that there is none."""
    latest = summary["latest"]
    if latest is None:
        return "starting" if _freshness(summary["freshness"]).state == "starting" or not ready else "never"
    return "no_score" if latest["score"] is None else "answered"


def plain_card(state: State, texts: Texts, now: datetime, refresh_seconds: int | None = None) -> Card:
    """Make the card of a state that knows nothing of a customer."""
    return Card(state, texts, now, refresh_seconds=refresh_seconds)


def card_of(summary: dict[str, Any], texts: Texts, now: datetime, *, ready: bool, manner: Manner = PLAIN) -> Card:
    """Make the card of a summary of the HTTP contract."""
    state = state_of(summary, ready=ready)
    refresh = int(summary["freshness"]["refresh_after_seconds"])
    latest = summary["latest"]
    if latest is None:
        return _empty(state, summary, texts, now, refresh)
    lead, scored = lead_of(latest), state == "answered"
    line = tuple(points(summary["history"]))
    answered_at = moment_of(latest["answered_at"])
    age = (now - answered_at).total_seconds()
    low = _low(summary, texts)
    people = low_of(summary, manner.contact_url, texts, now) if low else ()
    card = Card(
        state,
        texts,
        now,
        person=_named(latest, summary["customer_id"], manner, texts),
        ago=texts.ago(age),
        old=age >= manner.old_after_days * DAY_SECONDS,
        lead=lead,
        quote=bool(lead),
        others=tuple(answer for answer in latest["answers"] if answer is not lead),
        comment=_comment(latest["answers"], lead),
        reason=None if scored else reason_of(lead),
        last_scored=None if scored else _last_scored(summary, texts),
        line=line,
        chart=_chart_text(line, summary["history"], texts),
        nps=line_kind(summary["history"]) == Kind.NPS,
        count=_count(summary, texts),
        low=low,
        people=people,
        unnamed=summary["low_respondents"] - len(people) if people else 0,
        why=tuple(why(latest, lead, texts)),
        survey=latest["survey"]["name"],
        answered_at=answered_at,
        freshness=_freshness(summary["freshness"]),
        refresh_seconds=refresh,
    )
    return _scored(card, latest, summary["trend"]) if scored else card


def _empty(state: State, summary: dict[str, Any], texts: Texts, now: datetime, refresh: int) -> Card:
    freshness = None if state == "starting" else _freshness(summary["freshness"])
    return Card(state, texts, now, freshness=freshness, refresh_seconds=refresh)


def _scored(card: Card, latest: dict[str, Any], trend: dict[str, Any] | None) -> Card:
    """Add what a card says of a score."""
    texts, lead, basis = card.texts, card.lead, latest["score_basis"]
    band, score = latest["band"], latest["score"]
    kind = basis["kind"] if basis else None
    said = figures.words(band, score, kind, texts)
    alone = lead is not None and lead["score"] == score  # else the score is a mean, which has no step
    move = _move(trend)
    trend_text = None
    if trend and move:
        now_and_then = (figures.figure(value, kind, texts) for value in (trend["previous"], score))
        trend_text = texts.say(f"trend.{move}", **dict(zip(("previous", "score"), now_and_then, strict=True)))
    return replace(
        card,
        band=band,
        said=said,
        score=texts.number(score) if figures.number(band, score, kind) else None,
        step=figures.step(lead, texts) if lead and alone else None,
        quote=lead is not None and not _repeats(lead, said, kind),
        move=move,
        trend=trend_text,
        trend_of=(trend.get("contact_name") or trend.get("contact_id")) if trend else None,
    )


def _repeats(lead: dict[str, Any], said: str, kind: str | None) -> bool:
    """Whether the answer's words repeat what the card says already: the band, or the bare number on 0-10."""
    return figures.same(lead["answer"], said) or (kind == Kind.NPS and said.startswith(lead["answer"].strip() + " /"))


def _named(latest: dict[str, Any], customer_id: str, manner: Manner, texts: Texts) -> Person | None:
    """Who answered; None where only Netigate's respondent number is known and there is no link for it."""
    person = person_of(latest, customer_id, manner.contact_url, texts)
    return person if person.url or latest["contact_id"] is not None or latest.get("contact_name") else None


def _comment(answers: list[dict[str, Any]], lead: dict[str, Any] | None) -> dict[str, Any] | None:
    return next((answer for answer in answers if answer.get("comment") and answer is not lead), None)


def _move(trend: dict[str, Any] | None) -> Literal["up", "down", "same"] | None:
    if trend is None:
        return None
    return "up" if trend["change"] > 0 else "down" if trend["change"] < 0 else "same"


def _last_scored(summary: dict[str, Any], texts: Texts) -> Markup | None:
    entry = next((entry for entry in summary["history"] if entry["score"] is not None), None)
    band, score = summary["band"], summary["score"]
    if entry is None or band is None:
        return None
    kind, date = entry.get("kind"), texts.date(moment_of(entry["answered_at"]))
    said = figures.words(band, score, kind, texts)
    if figures.number(band, score, kind):
        return texts.say("last_scored", band=said, score=texts.number(score), date=date)
    return texts.say("last_verdict", score=said, date=date)


def _chart_text(line: tuple[Point, ...], history: list[dict[str, Any]], texts: Texts) -> Markup | None:
    kind = line_kind(history)
    spoken = (f"{texts.date(point.at)}: {figures.figure(point.score, kind, texts)}" for point in line)
    return texts.say("chart", points="; ".join(spoken)) if line else None


def _count(summary: dict[str, Any], texts: Texts) -> Markup:
    answered, history = summary["answered"], summary["history"]
    if answered == 1:
        return texts.say("answered_one")
    if answered > len(history):
        return texts.say("answered_many", n=answered)
    return texts.say("answered_other", n=answered, date=texts.date(moment_of(history[-1]["answered_at"])))


def warning_of(people: int | None, band: str | None) -> str | None:
    """The key of the warning about dissatisfied people whom the headline hides: several, or one if it is not low."""
    if not people or (people == 1 and band in BANDS[:2]):
        return None
    return "low_one" if people == 1 else "low_other"


def _low(summary: dict[str, Any], texts: Texts) -> Markup | None:
    key = warning_of(summary["low_respondents"], summary["band"])
    return texts.say(key, n=summary["low_respondents"]) if key else None


def _freshness(document: dict[str, Any]) -> Freshness:
    if document["as_of"] is None or document["state"] == "backfilling":
        return Freshness("starting", None, None)
    state: Fresh = "stale" if document["state"] == "stale" else "fresh"
    return Freshness(state, moment_of(document["as_of"]), document["age_seconds"])
