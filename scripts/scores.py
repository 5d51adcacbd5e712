"""Report of `make scores`: alternatives right, silent and wrong by language and kind, over a file of judged scales.

Usage: scores.py FILE [--verbose] [--into DOCUMENT ...]. Each line: {"lang", "kind", "alternatives", "expected"} and
perhaps "question", "weights", "id"; `expected` is 0 to 100 or null per alternative, `kind` null where it is not judged.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from service.app.lexicon_files import load
from service.survey.scoring.scorer import Scale, Scorer

TOLERANCE = 0.1
FEW = 5  # scales of a kind that has no row of its own
BEGIN, END = "<!-- scores -->", "<!-- /scores -->"


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


def markdown(by_kind: dict[str, Counter[str]], by_language: dict[str, Counter[str]], name: str) -> str:
    """A short table: alternatives by kind and overall, with the number of languages. Rare kinds share a row."""
    rare = [kind for kind, n in sorted(by_kind.items()) if n["scales"] < FEW]
    rows = {kind: n for kind, n in sorted(by_kind.items()) if kind not in rare and kind != "-"}
    rows[", ".join(rare)] = sum((by_kind[kind] for kind in rare), Counter())
    rows |= {"not judged by kind": by_kind["-"], f"**all {len(by_language) - 1} languages**": by_language["all"]}
    lines = [
        f"`make scores` over `{name}`, which the scorer was developed on (held-out scales are judged elsewhere):",
        "",
        "| kind | scales | alternatives | right | silent | wrong |",
        "|---|---|---|---|---|---|",
    ]
    for kind, n in rows.items():
        told = [n["scales"], n.total() - n["scales"], *(n[outcome] for outcome in ("right", "silent", "wrong"))]
        if n:
            lines.append(f"| {kind} | {' | '.join(map(str, told))} |")
    return "\n".join(lines)


def write(document: Path, table: str) -> None:
    """Put the table between the document's markers."""
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--verbose", action="store_true", help="show every scale that is not fully right")
    parser.add_argument("--into", type=Path, nargs="*", default=[], help="documents whose table is written anew")
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
    for document in options.into:
        write(document, markdown(by_kind, by_language, options.file.name))
    print(f"\nscales scored as another kind than judged: {other_kinds}")


if __name__ == "__main__":
    main()
