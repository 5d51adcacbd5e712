"""The results: each figure with its goal, as a table for people and as JSON to compare runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
AT_LEAST, AT_MOST = "≥", "≤"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `goal` is None where the figure has none; `more` says what it was made of."""

    what: str
    against: str
    figure: float
    sign: str = AT_LEAST
    goal: float | None = None
    unit: str = ""
    more: str = ""
    headline: bool = False  # shown in the README, too
    commit: str = ""  # of the run that found it

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.figure >= self.goal if self.sign == AT_LEAST else self.figure <= self.goal

    @property
    def short(self) -> str:
        goal = f"{self.sign} {self.goal:g}{self.unit}" if self.goal is not None else "–"
        mark = {True: "", False: " **missed**", None: ""}[self.reached]
        return f"| {self.what} | {self.against} | {goal} | {shown(self.figure)}{self.unit}{mark} |"

    @property
    def line(self) -> str:
        return f"{self.short} {self.more} |"


@cache
def commit() -> str:
    """The commit that is measured."""
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def shown(figure: float) -> str:
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.2f}" if abs(figure) >= 0.1 else f"{figure:.3f}"


@dataclass(slots=True)
class Report:
    """Everything that one run found."""

    short: bool
    rows: list[Row] = field(default_factory=list)
    series: dict[str, Any] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.rows.append(replace(row, commit=commit()))
        print(row.line, flush=True)

    @property
    def table(self) -> str:
        return "\n".join([
            "| what | against | goal | found | |",
            "|---|---|---|---|---|",
            *(row.line for row in self.rows),
        ])  # fmt: skip

    @property
    def headlines(self) -> str:
        rows = [row.short for row in self.rows if row.headline]
        return "\n".join(["| speed: `make bench` | against | goal | found |", "|---|---|---|---|", *rows])

    def document(self) -> dict[str, Any]:
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "short": self.short,
            "commit": commit(),
            "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
            "rows": [{**asdict(row), "reached": row.reached} for row in self.rows],
            "series": self.series,
        }


def complete(report: Report, data: Path) -> None:
    """Put this run's rows in their places among an earlier run's; each row's commit says which run it was."""
    if not data.exists():
        return
    before = json.loads(data.read_text("utf-8"))
    mine = {(row.what, row.against): row for row in report.rows}
    names = [one.name for one in fields(Row)]
    rows = [Row(**{name: row[name] for name in names}) for row in before["rows"]]
    report.rows = [*(mine.pop((row.what, row.against), row) for row in rows), *mine.values()]
    report.series = before["series"] | report.series


def write(report: Report, pages: Mapping[Path, str], *, data: Path) -> None:
    """Write the JSON, and each page's table between its marks."""
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(report.document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    for page, table in pages.items():
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")
