"""Scales with known scores: none wrong, and hardly any silent."""

import pytest

from tests.unit.survey.scoring.judged_scales import DATA, judged

# The most alternatives of a file that may be silent. None may be wrong.
SILENT = 0.03
# Harder: written to be so, a kind of question or label each, and a set that was measured before anybody looked at it.
SILENT_OF = {"scales-3-learn.jsonl": 0.12, "scales-3-once.jsonl": 0.07}
FILES = [
    "scales-dev.jsonl",
    "scales-own.jsonl",
    "scales-red.jsonl",
    "scales-held.jsonl",
    "scales-2-learn.jsonl",
    "scales-2-once.jsonl",
    "scales-4-learn.jsonl",
    "scales-4-own.jsonl",
    *SILENT_OF,
    *(f"lexicons/{f.name}" for f in sorted((DATA / "lexicons").glob("*.jsonl"))),
]
# How fast the pace of a meeting is: neither end is good. Persian "I have no opinion" between disagree and agree, which
# surveys print as the midpoint: judged as no answer.
KNOWN = {("scales-2-learn.jsonl", 8), ("scales-3-once.jsonl", 202)}


@pytest.mark.parametrize("name", FILES)
def test_none_wrong_and_few_silent(scorer, name):
    wrong, silent, total = [], 0, 0
    for case in judged(name):
        asked = (case.get("question", ""), case.get("weights"), case.get("item", ""))
        steps = scorer.explain(case["alternatives"], *asked).steps
        for step, expected in zip(steps, case["expected"], strict=True):
            total += 1
            if step.score is None:
                silent += expected is not None
            elif (name, case["id"]) in KNOWN:
                continue
            elif expected is None or step.score != pytest.approx(expected, abs=0.1):
                wrong.append((case["id"], step.text, expected, step.score))
    assert wrong == []
    assert silent <= total * SILENT_OF.get(name, SILENT)


def test_kinds_are_told_apart(scorer):
    cases = [case for case in judged("scales-dev.jsonl") if case["kind"]]
    told = [(case["id"], scorer.explain(case["alternatives"]).kind) for case in cases]
    assert told == [(case["id"], case["kind"]) for case in cases]
