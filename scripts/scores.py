"""Report of `make scores`: alternatives right, silent and wrong by language and kind, over a file of judged scales.

Usage: scores.py FILE [--verbose]. Each line: {"lang", "kind", "alternatives", "expected"} and perhaps "question",
"weights", "id"; `expected` is 0 to 100 or null per alternative, `kind` null where it is not judged.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from service.lexicons import load
from service.survey.scoring import Scale, Scorer

TOLERANCE = 0.1


def judge(expected: float | None, score: float | None) -> str:
    if score is None:
        return "right" if expected is None else "silent"
    return "right" if expected is not None and abs(expected - score) <= TOLERANCE else "wrong"


def show(case: dict[str, Any], scale: Scale, outcomes: list[str]) -> None:
    print(f"{case.get('id')} {case['lang']} {case.get('kind')} -> {scale.language} {scale.kind} {scale.reason}")
    for step, expected, outcome in zip(scale.steps, case["expected"], outcomes, strict=True):
        print(f"    {outcome:6} {step.text!r}: expected {expected}, is {step.score} {step.reason or ''}")


def table(title: str, rows: dict[str, Counter[str]]) -> None:
    print(f"\n{title:14} scales  right  silent  wrong  right %  wrong %")
    for name, count in sorted(rows.items()):
        total = count["right"] + count["silent"] + count["wrong"]
        shares = f"{100 * count['right'] / total:7.1f}  {100 * count['wrong'] / total:7.2f}"
        print(f"{name:14} {count['scales']:6} {count['right']:6} {count['silent']:7} {count['wrong']:6}  {shares}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--verbose", action="store_true", help="show every scale that is not fully right")
    options = parser.parse_args()
    scorer = Scorer(load())
    by_language: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
    other_kinds = 0
    for line in options.file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        scale = scorer.explain(case["alternatives"], case.get("question", ""), case.get("weights"))
        scores = [step.score for step in scale.steps]
        outcomes = [judge(e, s) for e, s in zip(case["expected"], scores, strict=True)]
        kind_differs = bool(case.get("kind")) and scale.kind is not None and scale.kind.value != case["kind"]
        other_kinds += kind_differs
        for row in (by_language[case["lang"]], by_language["all"], by_kind[case.get("kind") or "-"]):
            row.update(["scales", *outcomes])
        if options.verbose and (set(outcomes) != {"right"} or kind_differs):
            show(case, scale, outcomes)
    table("language", by_language)
    table("kind", by_kind)
    print(f"\nscales scored as another kind than judged: {other_kinds}")


if __name__ == "__main__":
    main()
