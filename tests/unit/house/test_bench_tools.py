"""What the benchmark reports is what was measured, and its pictures are pictures."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from bench import plots, table, wrk


@pytest.mark.parametrize(
    ("sign", "figure", "reached"),
    [
        (table.AT_LEAST, 0.85, True),
        (table.AT_LEAST, 0.849, False),
        (table.AT_MOST, 12, True),
        (table.AT_MOST, 12.1, False),
    ],
)
def test_a_missed_goal_is_called_missed(sign, figure, reached):
    row = table.Row("a", "b", figure, sign, 0.85 if sign == table.AT_LEAST else 12)
    assert row.reached is reached
    assert ("missed" in row.line) is not reached


def test_a_figure_without_a_goal_misses_none():
    row = table.Row("a", "b", 3.0)
    assert row.reached is None
    assert "missed" not in row.line


def load(rate: float) -> wrk.Load:
    return wrk.Load(rate, 0.002, 0.001, 0)


def test_ratios_are_of_the_same_round():
    # One round at half the speed for both: the ratio is what it was.
    assert wrk.ratio([load(80), load(40), load(85)], [load(100), load(50), load(100)]) == pytest.approx(0.8)


def test_runs_take_turns_there_and_back():
    order: list[str] = []
    runs = {name: (lambda _seed, name=name: order.append(name) or load(1)) for name in "abc"}
    found = wrk.alternate(runs, rounds=3)
    assert "".join(order) == "abccbaabc"
    assert {len(loads) for loads in found.values()} == {3}


def test_the_page_keeps_what_stands_round_the_table(tmp_path):
    page, data = tmp_path / "page.md", tmp_path / "data.json"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", "utf-8")
    report = table.Report(short=False)
    report.add(table.Row("reads", "Flask", 0.9, goal=0.85))
    table.write(report, {page: report.table}, data=data)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| reads | Flask | ≥ 0.85 | 0.90 |" in text
    assert json.loads(data.read_text("utf-8"))["rows"][0]["reached"] is True


def test_the_readme_is_told_headlines_alone():
    report = table.Report(short=False)
    report.add(table.Row("reads", "Flask", 0.9, headline=True))
    report.add(table.Row("more", "Flask", 0.9))
    assert "| reads | Flask |" in report.headlines
    assert "more" not in report.headlines


def test_pictures_hold_what_was_measured(tmp_path):
    bars, line = tmp_path / "bars.svg", tmp_path / "line.svg"
    plots.bars(bars, "Answers <a second>", {"Flask": 5000.0, "ours": 6000.0}, ours=["ours"])
    plots.line(line, "p99", [(1.0, 3.0), (2.0, 9.0)], shaded=(0.5, 1.5), what="away", unit=" ms")
    texts = [found.text for found in ET.fromstring(bars.read_text("utf-8")).iter() if found.tag.endswith("text")]
    assert {"Answers <a second>", "Flask", "5,000", "6,000"} <= set(texts)
    assert ET.fromstring(line.read_text("utf-8")).tag.endswith("svg")


def test_a_run_of_some_parts_keeps_the_others_and_the_order(tmp_path):
    data = tmp_path / "data.json"
    before = table.Report(short=False, series={"outage": 1, "scale": 1})
    before.add(table.Row("reads", "Flask", 0.7, goal=0.85))
    before.add(table.Row("memory", "JSON", 1.6, table.AT_MOST, 2.5))
    table.write(before, {}, data=data)
    report = table.Report(short=False, series={"scale": 2})
    report.add(table.Row("cards", "one", 12.0, table.AT_MOST, 15))
    report.add(table.Row("memory", "JSON", 1.4, table.AT_MOST, 2.5))
    table.complete(report, data)
    assert [(row.what, row.figure) for row in report.rows] == [("reads", 0.7), ("memory", 1.4), ("cards", 12.0)]
    assert report.series == {"outage": 1, "scale": 2}
