"""What is wrong with a lexicon file's content: what it must hold, and entries that contradict each other."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from service.survey.scoring.language.entries import CUES, STEM_KINDS, LexiconError, Role, Sense, senses
from service.survey.scoring.language.folding import fold
from service.survey.scoring.language.phrases import LONGEST_ENDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILLED: Final[Mapping[str, tuple[str, ...]]] = {
    "modifiers": ("not", "none", "not_very", "neither", "extreme", "very", "fairly", "moderately", "somewhat",
                  "slightly", "hardly"),
    "labels": ("neutral", "no_opinion", "placeholder"),
    "not_a_scale": ("frequency", "importance", "balance", "nominal"),
    "question": tuple(c for c in CUES if c not in {"grades", "problem", "solved", "burden"}),
}  # fmt: skip
_FEWEST_EXAMPLES: Final = 8
_ENTRY = re.compile(r"[^\W\d_](?:[^\d_*<>()/]|\*(?= |$))*")


def faults(content: Mapping[str, Any]) -> list[str]:
    """Every fault as a sentence; empty where the file is good. Examples are not scored here."""
    found = [f"{key} is missing" for key in ("code", "iso639_3", "name") if not content.get(key)]
    for section, keys in _FILLED.items():
        found += [f"{section}.{key} is empty" for key in keys if not content.get(section, {}).get(key)]
    stems = content.get("stems", {})
    for kind in STEM_KINDS:
        found += [f"stems.{kind}.{level} is empty" for level in ("good", "bad") if not stems.get(kind, {}).get(level)]
    try:
        entries = [entry for entry in senses(content) if entry[0] != "emoji"]
    except LexiconError as error:
        return [*found, str(error)]
    found += [f"{place}: {entry!r} is not lower-case words" for place, entry, _ in entries if not _well_formed(entry)]
    return [*found, *_contradictions(entries), *_hidden(entries), *_examples(content.get("example", []))]


def _well_formed(entry: str) -> bool:
    return entry == entry.strip().lower() and _ENTRY.fullmatch(entry) is not None


def _contradictions(entries: list[tuple[str, str, Sense]]) -> Iterator[str]:
    places: defaultdict[str, dict[str, Sense]] = defaultdict(dict)
    for place, entry, sense in entries:
        places[fold(entry)][place] = sense
    for entry, held in places.items():
        stems = {place: sense for place, sense in held.items() if sense.role is Role.STEM}
        signs = {(sense.value > 0) - (sense.value < 0) for sense in stems.values()}
        roles = {sense.role for sense in held.values()}
        if len(signs) > 1:
            yield f"{entry!r} points both ways: {', '.join(stems)}"
        if Role.NEUTRAL in roles and signs & {1, -1}:
            yield f"{entry!r} is both neutral and polar: {', '.join(held)}"
        if Role.NO_OPINION in roles and roles & {Role.STEM, Role.NEUTRAL, Role.DEGREE}:
            yield f"{entry!r} is both an answer and none: {', '.join(held)}"
        if Role.NOT_A_SCALE in roles and Role.STEM in roles:
            yield f"{entry!r} is both a stem and no scale: {', '.join(held)}"


def _hidden(entries: list[tuple[str, str, Sense]]) -> Iterator[str]:
    """Degrees that hide a stem with `*`, since exact words win; and degrees that follow from their words already."""
    stems = {fold(entry.rstrip("*")) for _, entry, sense in entries if sense.role is Role.STEM and entry.endswith("*")}
    listed = {fold(entry) for _, entry, sense in entries if sense.role is Role.STEM}
    strong = {fold(entry) for place, entry, _ in entries if place in {"modifiers.very", "modifiers.extreme"}}
    weak = {fold(entry) for place, entry, _ in entries if place == "modifiers.hardly"}
    for place, entry, sense in entries:
        word = fold(entry)
        ends = range(max(1, len(word) - LONGEST_ENDING), len(word) + 1)
        if place == "modifiers.hardly" and any(word == f"{a} {b}" for a in strong for b in weak):
            yield f"{place}: {entry!r} follows from its words: leave it out, or list it as least"
        if sense.role is Role.DEGREE and word not in listed and any(word[:n] in stems for n in ends):
            yield f"{place}: {entry!r} hides a stem: list it as a stem too"


def _examples(examples: list[Mapping[str, Any]]) -> Iterator[str]:
    if len(examples) < _FEWEST_EXAMPLES:
        yield f"only {len(examples)} examples"
    kinds = {example.get("kind") for example in examples}
    yield from (f"no example of kind {kind}" for kind in STEM_KINDS if kind not in kinds)
    endless = sum("not_a_scale" in example.get("scores", ()) for example in examples)
    if endless < 2:  # noqa: PLR2004 (a frequency and an importance scale)
        yield "fewer than two examples without a good end"
    for example in examples:
        if len(example.get("scores", ())) != len(example.get("alternatives", ())):
            yield f"scores do not match {example.get('alternatives')}"
