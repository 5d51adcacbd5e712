"""The trend line: which scores may share one line, and where their points stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.widget.card.figures import LOW_TO, NPS_LOW_TO
from service.widget.texts import moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

WIDTH, HEIGHT, PAD = 240, 56, 5  # of the SVG's view box; embed.js draws in the same
MOST_DOTS = 12  # more would hide the line


@dataclass(frozen=True, slots=True)
class Point:
    """One scored answer on the line. `x` and `y` are in the view box."""

    at: datetime
    score: float
    x: float
    y: float


def low_zone(*, nps: bool) -> str:
    """Draw the path of the zone where a score is low: below 40, for recommendations up to 6 of 10."""
    top = PAD + (100 - (NPS_LOW_TO if nps else LOW_TO)) / 100 * (HEIGHT - 2 * PAD)
    return f"M0 {top:.4g}H{WIDTH}V{HEIGHT}H0Z"


def comparable(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pick the entries that may share a line with the newest scored one, oldest first.

    A line never mixes kinds or people. Where the newest entry does not state its kind, surveys are compared instead.
    One contact may own several respondents.
    """
    scored = [entry for entry in history if entry["score"] is not None]
    if not scored:
        return []
    by = "kind" if "kind" in scored[0] else "survey_id"
    return [entry for entry in reversed(scored) if entry.get(by) == scored[0][by] and _who(entry) == _who(scored[0])]


def _who(entry: dict[str, Any]) -> str | int | None:
    who: str | int | None = entry.get("contact_id")
    return entry.get("respondent_id") if who is None else who


def line_kind(history: Sequence[dict[str, Any]]) -> str | None:
    """The kind of the line's scores."""
    return next((entry.get("kind") for entry in history if entry["score"] is not None), None)


def points(history: Sequence[dict[str, Any]]) -> list[Point]:
    """Place the line's points: time from left to right, 100 at the top. Empty with fewer than two points."""
    entries = comparable(history)
    if len(entries) < 2:  # noqa: PLR2004  (a line has two ends)
        return []
    times = [moment_of(entry["answered_at"]) for entry in entries]
    span = (times[-1] - times[0]).total_seconds()
    last = len(entries) - 1
    placed = []
    for index, (entry, at) in enumerate(zip(entries, times, strict=True)):
        share = (at - times[0]).total_seconds() / span if span else index / last
        placed.append(
            Point(
                at,
                entry["score"],
                round(PAD + share * (WIDTH - 2 * PAD), 1),
                round(PAD + (100 - entry["score"]) / 100 * (HEIGHT - 2 * PAD), 1),
            )
        )
    return placed
