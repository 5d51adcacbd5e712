"""Report of `make scores`: alternatives right, silent and wrong by language and kind, over files of judged scales.

Usage: scores.py FILE ... [--verbose] [--first JSON] [--into DOCUMENT ...] [--against COMMIT]. Each line of a file:
{"lang", "kind", "alternatives", "expected"} and perhaps "question", "item", "weights", "id"; `expected` is 0 to 100 or
null per alternative, `kind` null where it is not judged. `--against` shows what the lexicons of a commit made of the
same scales, where that differs: what a translator's change did.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.app.lexicon_files import COMMON, load
from service.survey.scoring.language.lexicons import Lexicons, build
from service.survey.scoring.scorer import Scale, Scorer

TOLERANCE = 0.1
FEW = 5  # scales of a kind that has no row of its own
CORE = ("sv", "no", "da", "fi", "de", "en")
OUTCOMES = ("right", "silent", "wrong")
LEXICONS = "service/survey/scoring/lexicon"
BEGIN, END = "<!-- scores -->", "<!-- /scores -->"


@dataclass
class Report:
    """What came out over one file."""

    name: str
    by_language: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_kind: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: Counter[bool] = field(default_factory=Counter)  # kinds of scored scales as judged, and not

    def add(self, case: dict[str, Any], scale: Scale) -> list[str]:
        outcomes = [judge(e, step.score) for e, step in zip(case["expected"], scale.steps, strict=True)]
        if case.get("kind") and scale.kind is not None:
            self.kinds[scale.kind.value == case["kind"]] += 1
        core = ["core"] if case["lang"] in CORE else []
        for row in (*(self.by_language[at] for at in (case["lang"], "all", *core)), self.by_kind[case["kind"] or "-"]):
            row.update(["scales", *outcomes])
        return outcomes


def read(file: Path) -> list[dict[str, Any]]:
    return [{"kind": None} | json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def explained(scorer: Scorer, case: dict[str, Any]) -> Scale:
    return scorer.explain(case["alternatives"], case.get("question", ""), case.get("weights"), case.get("item", ""))


def judge(expected: float | None, score: float | None) -> str:
    if score is None:
        return "right" if expected is None else "silent"
    return "right" if expected is not None and abs(expected - score) <= TOLERANCE else "wrong"


def show(case: dict[str, Any], scale: Scale, outcomes: list[str]) -> None:
    told = f"{scale.language} {scale.kind} {scale.reason or ''} {scale.rule}"
    print(f"{case.get('id')} {case['lang']} {case['kind']} -> {told}")
    for step, expected, outcome in zip(scale.steps, case["expected"], outcomes, strict=True):
        print(f"    {outcome:6} {step.text!r}: expected {expected}, is {step.score} {step.reason or ''}")


def table(title: str, rows: dict[str, Counter[str]]) -> None:
    print(f"\n{title:14} scales  right  silent  wrong  right %  wrong %")
    for name, count in sorted(rows.items()):
        total = count["right"] + count["silent"] + count["wrong"]
        shares = f"{100 * count['right'] / total:7.1f}  {100 * count['wrong'] / total:7.2f}"
        print(f"{name:14} {count['scales']:6} {count['right']:6} {count['silent']:7} {count['wrong']:6}  {shares}")


def shares(count: dict[str, int]) -> str:
    total = sum(count[outcome] for outcome in OUTCOMES)
    return " | ".join(f"{100 * count[outcome] / total:.1f} %" for outcome in OUTCOMES)


def halves(reports: list[Report], first: dict[str, Any]) -> list[str]:
    """The halves of a set that was split before anybody looked: at first sight, and now."""
    lines = [
        "| real scales with their questions | when | right | silent | wrong | kinds |",
        "|---|---|---|---|---|---|",
    ]
    for report in reports:
        for which, told in (("all", "all languages"), ("core", "sv, no, da, fi, de, en")):
            seen = first.get(report.name, {})
            name = f"{seen.get('what', report.name)}: {told}"
            if which in seen:
                kinds = seen["kinds"] if which == "all" else ""
                lines.append(f"| {name} | first sight | {shares(seen[which])} | {kinds} |")
            kinds = f"{report.kinds[True]} of {report.kinds.total()}" if which == "all" else ""
            lines.append(f"| {name} | now | {shares(report.by_language[which])} | {kinds} |")
    return lines


def markdown(report: Report) -> list[str]:
    """A short table: alternatives by kind and overall, with the number of languages. Rare kinds share a row."""
    by_kind = report.by_kind
    rare = [kind for kind, n in sorted(by_kind.items()) if n["scales"] < FEW and kind != "-"]
    rows = {kind: n for kind, n in sorted(by_kind.items()) if kind not in rare and kind != "-"}
    rows[", ".join(rare)] = sum((by_kind[kind] for kind in rare), Counter())
    languages = len(set(report.by_language) - {"all", "core"})
    rows |= {"not judged by kind": by_kind["-"], f"**all {languages} languages**": report.by_language["all"]}
    lines = [
        f"`make scores` over `{report.name}`, which the scorer was developed on:",
        "",
        "| kind | scales | alternatives | right | silent | wrong |",
        "|---|---|---|---|---|---|",
    ]
    for kind, n in rows.items():
        told = [n["scales"], n.total() - n["scales"], *(n[outcome] for outcome in OUTCOMES)]
        if n:
            lines.append(f"| {kind} | {' | '.join(map(str, told))} |")
    return lines


def write(document: Path, lines: list[str]) -> None:
    """Put the tables between the document's markers."""
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    document.write_text("\n".join([f"{before}{BEGIN}", *lines, f"{END}{after}"]), encoding="utf-8")


def lexicons_of(commit: str) -> Lexicons:
    """The lexicons as a commit holds them, compiled by today's rules."""
    names = git("ls-tree", "--name-only", commit, f"{LEXICONS}/").split()
    files = {Path(name).name: tomllib.loads(git("show", f"{commit}:{name}")) for name in names if name.endswith("toml")}
    if COMMON not in files:
        raise SystemExit(f"{commit} holds no lexicons in {LEXICONS}")
    common = files.pop(COMMON)
    return build([files[name] for name in sorted(files)], common)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, encoding="utf-8").stdout


def differences(commit: str, cases: list[dict[str, Any]], scorer: Scorer) -> None:
    """Every scale that the lexicons of a commit score otherwise."""
    before, changed, turns = Scorer(lexicons_of(commit)), 0, Counter[str]()
    for case in cases:
        was, now = explained(before, case), explained(scorer, case)
        if [s.score for s in was.steps] == [s.score for s in now.steps] and was.kind == now.kind:
            continue
        changed += 1
        print(f"{case.get('id')} {case['lang']}: {was.kind} {was.rule} -> {now.kind} {now.rule}")
        for old, new, expected in zip(was.steps, now.steps, case["expected"], strict=True):
            turn = f"{judge(expected, old.score)} -> {judge(expected, new.score)}"
            turns[turn] += old.score != new.score
            print(f"    {old.text!r}: {old.score} -> {new.score} ({turn}, expected {expected})")
    told = ", ".join(f"{turn}: {n}" for turn, n in sorted(turns.items()) if n)
    print(f"\n{changed} of {len(cases)} scales differ from {commit}. {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--verbose", action="store_true", help="show every scale that is not fully right")
    parser.add_argument("--first", type=Path, help="what each half of the split set gave at first sight")
    parser.add_argument("--into", type=Path, nargs="*", default=[], help="documents whose tables are written anew")
    parser.add_argument("--against", metavar="COMMIT", help="only show what differs from that commit's lexicons")
    options = parser.parse_args()
    scorer = Scorer(load())
    if options.against:
        differences(options.against, [case for file in options.files for case in read(file)], scorer)
        return
    first = json.loads(options.first.read_text(encoding="utf-8")) if options.first else {}
    reports = [report(file, scorer, verbose=options.verbose) for file in options.files]
    split = [found for found in reports if found.name in first]
    compared = halves(split, first) if split else []
    print("\n", *compared, sep="\n")
    whole = [line for found in reports if found not in split for line in ("", *markdown(found))]
    for document in options.into:
        write(document, [*compared, *whole])


def report(file: Path, scorer: Scorer, *, verbose: bool) -> Report:
    """Print how the scorer does over a file."""
    found = Report(file.name)
    print(f"\n{file}")
    for case in read(file):
        scale = explained(scorer, case)
        outcomes = found.add(case, scale)
        other = bool(case["kind"]) and scale.kind is not None and scale.kind.value != case["kind"]
        if verbose and (set(outcomes) != {"right"} or other):
            show(case, scale, outcomes)
    table("language", found.by_language)
    table("kind", found.by_kind)
    print(f"\nscales scored as another kind than judged: {found.kinds[False]}")
    return found


if __name__ == "__main__":
    main()
