"""A summary as Pipedrive's JSON panel shows it, pure: the fields of `examples/pipedrive/panel.*.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.crm.states import State
from service.survey.model import Band

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT = 300  # characters; a panel is narrow
_COLORS: Mapping[str, str] = {
    Band.VERY_DISSATISFIED: "red",
    Band.DISSATISFIED: "red",
    Band.NEUTRAL: "yellow",
    Band.SATISFIED: "green",
    Band.VERY_SATISFIED: "green",
}
_NO_BAND_COLOR = "blue"


def panel(record: int, summary: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Make the panel's object: colour and words for the band, what was said and when; nothing unknown is named.

    Text is given as plain strings, which Pipedrive shows as they are; only its `markdown` form is interpreted.
    """
    # A summary keeps the last score that there was; beside newer words it would pass for theirs.
    answered = summary["state"] == State.ANSWERED
    band = summary["band"] if answered else None
    said = words[band or summary["state"]]
    shown = {
        "id": record,
        "header": said,
        "satisfaction": {"color": _COLORS.get(band, _NO_BAND_COLOR) if band else _NO_BAND_COLOR, "label": said},
        "score": _number(summary["score"]) if answered else None,
        "trend": _trend(summary["trend"]) if answered else None,
        **_said(summary["latest"]),
        "answered": summary["answered"],
        "as_of": summary["freshness"]["as_of"],
    }
    return {name: value for name, value in shown.items() if value is not None}


def _said(latest: Mapping[str, Any] | None) -> dict[str, str | None]:
    if latest is None:
        return {}
    answer = _headline(latest)
    comment = next((one for one in latest["answers"] if one.get("comment")), None)
    return {
        "answer": _cut(answer["answer"]) if answer else None,
        "question": _cut(answer["question"]) if answer else None,
        "comment": _cut(comment["answer"]) if comment else None,
        "answered_at": latest["answered_at"],
    }


def _headline(latest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Find the answer that the result's score rests on; else the first that is no comment."""
    closed = [one for one in latest["answers"] if not one.get("comment")]
    kind = (latest["score_basis"] or {}).get("kind")
    return next(
        (one for one in closed if kind is not None and one["kind"] == kind and one["score"] is not None), None
    ) or (closed[0] if closed else None)


def _trend(trend: Mapping[str, Any] | None) -> str | None:
    if trend is None:
        return None
    return f"{_number(trend['previous'])} → {_number(trend['previous'] + trend['change'])}"


def _number(value: float | None) -> str | None:
    """Round to 0.1, without an idle `.0`."""
    return None if value is None else f"{round(value, 1) + 0:g}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1].rstrip() + "…"
