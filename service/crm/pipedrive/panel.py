"""A summary as Pipedrive's JSON panel shows it, pure: the fields of `examples/pipedrive/panel.*.json`.

That file holds the fields' labels, so no value repeats them. Text is given as plain strings, which Pipedrive shows as
they are; it interprets only its `markdown` form. Pipedrive limits texts, labels and the number of fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.crm.states import State
from service.crm.words import STATE_TEXTS
from service.survey.model import Band
from service.widget.card import figures
from service.widget.card.lead import lead_of, reason_of
from service.widget.texts import moment_of
from service.widget.view import warning_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service.widget.texts import Texts

MAX_TEXT = 255  # characters
MAX_LABEL = 40  # characters
# Fields of the panel with Pipedrive's types, in the order in which they are shown. At most 20.
FIELDS: Mapping[str, str] = {
    "satisfaction": "label",
    "reason": "text",
    "low": "label",
    "stale": "text",
    "score": "text",
    "last_score": "text",
    "trend": "text",
    "comment": "text",
    "answer": "text",
    "question": "text",
    "answered_at": "date-time",
    "contact": "text",
    "survey": "text",
    "answered": "numerical",
    "as_of": "date-time",
}
_COLORS: Mapping[str, str] = {
    Band.VERY_DISSATISFIED: "red",
    Band.DISSATISFIED: "red",
    Band.NEUTRAL: "yellow",
    Band.SATISFIED: "green",
    Band.VERY_SATISFIED: "green",
}
_NO_BAND_COLOR = "grey"


def panel(record: int, summary: Mapping[str, Any], texts: Texts, now: datetime) -> dict[str, Any]:
    """Make the panel's object: the band with its colour, what was said, by whom and when, without unknown fields."""
    shown = {
        "id": record,
        **_standing(summary, texts),
        "stale": _stale(summary["freshness"], texts, now),
        **_said(summary["latest"]),
        "answered": summary["answered"],
        "as_of": summary["freshness"]["as_of"],
    }
    return {name: _fitted(shown[name]) for name in ("id", *FIELDS) if shown.get(name) is not None}


def _standing(summary: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    # A summary keeps the last known score; beside a newer answer without one, it would look like that answer's.
    answered = summary["state"] == State.ANSWERED
    band = summary["band"] if answered else None
    said = _words(summary, _kind_of(summary["latest"]), texts) if band else texts.words[STATE_TEXTS[summary["state"]]]
    low = warning_of(summary["low_respondents"], summary["band"])
    return {
        "satisfaction": _label(_COLORS[band] if band else _NO_BAND_COLOR, said),
        "low": _label("red", str(texts.say(low, n=summary["low_respondents"]))) if low else None,
    } | (_scored(summary, texts) if answered else _unscored(summary, texts))


def _kind_of(latest: Mapping[str, Any]) -> str | None:
    basis: Mapping[str, str] | None = latest["score_basis"]
    return basis["kind"] if basis else None


def _words(summary: Mapping[str, Any], kind: str | None, texts: Texts) -> str:
    return figures.words(summary["band"], summary["score"], kind, texts)


def _number(summary: Mapping[str, Any], kind: str | None, texts: Texts) -> str | None:
    """The score on 0-100 where it may stand beside the band, as on the card."""
    known = figures.number(summary["band"], summary["score"], kind)
    return figures.figure(summary["score"], kind, texts) if known else None


def _scored(summary: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    trend, kind = summary["trend"], _kind_of(summary["latest"])
    score = {"score": _number(summary, kind, texts)}
    if trend is None:
        return score
    # Plus 0: turns -0.0, from rounding, into 0.0.
    then_and_now = (round(value, 1) + 0 for value in (trend["previous"], trend["previous"] + trend["change"]))
    steps = " → ".join(figures.figure(value, kind, texts) for value in then_and_now)
    whose = trend.get("contact_name") or trend.get("contact_id")
    return score | {"trend": f"{whose}: {steps}" if whose else steps}


def _unscored(summary: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    """Say why the newest answer has no score, and what the last score was, with its date."""
    if summary["latest"] is None:
        return {}
    told = {"reason": texts.words[reason_of(lead_of(summary["latest"]))]}
    last = next((entry for entry in summary["history"] if entry["score"] is not None), None)
    if last is None or summary["band"] is None:
        return told
    when = texts.date(moment_of(last["answered_at"]))
    said = [_words(summary, last.get("kind"), texts), _number(summary, last.get("kind"), texts)]
    return told | {"last_score": f"{', '.join(filter(None, said))} ({when})"}


def _stale(freshness: Mapping[str, Any], texts: Texts, now: datetime) -> str | None:
    if freshness["state"] != "stale" or freshness["as_of"] is None:
        return None
    return str(texts.say("fresh.stale", time=texts.clock(moment_of(freshness["as_of"]), now)))


def _said(latest: dict[str, Any] | None) -> dict[str, str | None]:
    if latest is None:
        return {}
    answer = lead_of(latest)
    comment = next((one for one in latest["answers"] if one.get("comment") and one is not answer), None)
    return {
        "answer": answer["answer"] if answer else None,
        "question": answer["question"] if answer else None,
        "comment": comment["answer"] if comment else None,
        "answered_at": latest["answered_at"],
        "contact": latest.get("contact_name") or latest["contact_id"],
        "survey": latest["survey"]["name"],
    }


def _label(color: str, text: str) -> dict[str, str]:
    return {"color": color, "label": _cut(text, MAX_LABEL)}


def _fitted(value: Any) -> Any:  # noqa: ANN401  (a field of whatever type)
    return _cut(value, MAX_TEXT) if isinstance(value, str) else value


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
