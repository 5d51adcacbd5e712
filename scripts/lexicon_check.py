"""Check lexicon files: `lexicon_check.py [CODE …]`. Prints every fault and every example that scores otherwise."""

from __future__ import annotations

import sys
from typing import Any

from service.app.lexicon_files import COMMON, load, read_all
from service.survey.scoring.language.lexicon_faults import faults
from service.survey.scoring.scorer import Scorer


def main() -> int:
    wanted = set(sys.argv[1:])
    scorer = Scorer(load())
    bad = 0
    for name, content in read_all().items():
        if name == COMMON or (wanted and content.get("code") not in wanted):
            continue
        found = [
            *faults(content),
            *(line for example in content.get("example", []) for line in differing(scorer, example)),
        ]
        bad += len(found)
        print(f"{name}: {'good' if not found else ''}")
        for line in found:
            print(f"    {line}")
    return 1 if bad else 0


def differing(scorer: Scorer, example: dict[str, Any]) -> list[str]:
    scale = scorer.explain(example["alternatives"], example.get("question", ""), example.get("weights"))
    found = [
        f"{step.text!r}: expected {expected}, is {step.score if step.score is not None else step.reason}"
        for step, expected in zip(scale.steps, example["scores"], strict=True)
        if not same(expected, step.score if step.score is not None else str(step.reason))
    ]
    kind = example.get("kind")
    if kind and scale.kind != kind:
        found.append(f"{example['alternatives']}: kind is {scale.kind}, expected {kind}")
    return found


def same(expected: float | str, actual: float | str) -> bool:
    if isinstance(expected, str) or isinstance(actual, str):
        return expected == actual
    return abs(expected - actual) <= 0.1  # noqa: PLR2004 (examples are rounded)


if __name__ == "__main__":
    sys.exit(main())
