"""What was found: each figure with its goal, as a table for people and as JSON for whoever compares runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
AT_LEAST, AT_MOST = "≥", "≤"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `goal` is None where there is none to hold it against; `more` says what it was made of."""

    what: str
    against: str
    figure: float
    sign: str = AT_LEAST
    goal: float | None = None
    unit: str = ""
    more: str = ""

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.figure >= self.goal if self.sign == AT_LEAST else self.figure <= self.goal

    @property
    def line(self) -> str:
        goal = f"{self.sign} {self.goal:g}{self.unit}" if self.goal is not None else "–"
        mark = {True: "", False: " **missed**", None: ""}[self.reached]
        return f"| {self.what} | {self.against} | {goal} | {shown(self.figure)}{self.unit}{mark} | {self.more} |"


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
        self.rows.append(row)
        print(row.line, flush=True)

    @property
    def table(self) -> str:
        return "\n".join([
            "| what | against | goal | found | |",
            "|---|---|---|---|---|",
            *(row.line for row in self.rows),
        ])  # fmt: skip

    def document(self) -> dict[str, Any]:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "short": self.short,
            "commit": commit.stdout.strip(),
            "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
            "rows": [{**asdict(row), "reached": row.reached} for row in self.rows],
            "series": self.series,
        }


def write(report: Report, *, page: Path, data: Path) -> None:
    """Write the JSON, and the table between its marks in the page."""
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(report.document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if page.exists() and not report.short:
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n{report.table}\n{END}{after}", "utf-8")
