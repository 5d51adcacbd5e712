"""What the card says, in the reader's language, and how it writes numbers and times there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERE = Path(__file__).parent
FALLBACK = "en"
SPELLINGS = {"nb": "no", "nn": "no"}  # both written forms of Norwegian read the one file

DAY_SECONDS = 86_400
MOST = {"comment": 280, "question": 100, "name": 40}  # characters; longer text is cut, and shown whole on a click
Unit = Literal["year", "month", "week", "day", "hour", "minute"]
# Longest first; lengths in seconds as Babel has them. embed.js carries the same table.
UNITS: tuple[tuple[Unit, int], ...] = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", DAY_SECONDS),
    ("hour", 3_600),
    ("minute", 60),
)


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `locale` is the BCP 47 tag for lang attributes and formats."""

    lang: str
    words: Mapping[str, str]

    @property
    def locale(self) -> str:
        return self.words["locale"]

    @property
    def _babel(self) -> str:
        return self.locale.replace("-", "_")

    def __contains__(self, key: str) -> bool:
        return key in self.words

    def say(self, key: str, **values: object) -> Markup:
        """Write one text with its blanks filled; values that are not Markup are escaped."""
        return escape(self.words[key]).format(**values)

    def number(self, value: float) -> str:
        """Write a score to 0.1, whole numbers without a fraction."""
        return format_decimal(value, format="0.#", locale=self._babel)

    def date(self, moment: datetime) -> str:
        return format_date(moment.astimezone(UTC), "medium", locale=self._babel)

    def month(self, moment: datetime) -> str:
        return format_skeleton("yMMM", moment.astimezone(UTC), locale=self._babel)

    def clock(self, moment: datetime, now: datetime) -> str:
        """Write a time of day, with its date unless that is today. In UTC, and marked so: no reader's zone is known."""
        at, today = moment.astimezone(UTC), now.astimezone(UTC).date()
        time = format_time(at, "short", locale=self._babel)
        return f"{time} UTC" if at.date() == today else f"{self.date(at)} {time} UTC"

    def ago(self, seconds: float) -> str | None:
        """Write "2 minutes ago" in whole units, rounded down; None below a minute."""
        for unit, length in UNITS:
            if seconds >= length:
                if unit == "day":  # not CLDR's words, "1 day ago" and the Norwegian "for 6 døgn siden"
                    days = int(seconds // length)
                    return str(self.say("yesterday" if days == 1 else "days_ago", n=days))
                span = timedelta(seconds=int(seconds // length) * length)
                return format_timedelta(-span, granularity=unit, threshold=1, add_direction=True, locale=self._babel)
        return None


def load_texts() -> dict[str, Texts]:
    """Read every language's file, by language."""
    return {
        path.stem: Texts(path.stem, json.loads(path.read_text("utf-8"))) for path in sorted(HERE.glob("texts/*.json"))
    }


def load_icons() -> dict[str, str]:
    """Read the icons' SVG paths, in a view box of 24 by 24, by band, state or movement."""
    icons: dict[str, str] = json.loads((HERE / "icons.json").read_text("utf-8"))
    return icons


def choose(languages: Mapping[str, Any], wanted: Iterable[str]) -> str:
    """Pick the first language that is available, from tags such as `nb-NO` in the reader's order; else English."""
    for tag in wanted:
        base = tag.replace("_", "-").split("-")[0].strip().lower()
        lang = SPELLINGS.get(base, base)
        if lang in languages:
            return lang
    return FALLBACK


def moment_of(text: str) -> datetime:
    """Read a time of the HTTP contract, `2026-11-22T08:10:00Z`."""
    return datetime.fromisoformat(text)
