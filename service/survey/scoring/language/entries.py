"""What the entries of a lexicon file mean: every place of the file with the sense it gives to its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from service.survey.model import Kind
from service.survey.scoring.language.folding import fold, fold_all
from service.survey.scoring.language.text import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Role(StrEnum):
    """What a phrase does in a label."""

    NOT = "not"
    AT_ALL = "at_all"  # with a negator: the bottom
    NONE = "none"  # "not at all" in one phrase
    NOT_VERY = "not_very"
    NEITHER = "neither"
    DEGREE = "degree"
    STEM = "stem"
    NEUTRAL = "neutral"
    NO_OPINION = "no_opinion"
    UNDECIDED = "undecided"  # the midpoint inside a scale, a non-answer outside
    NOT_A_SCALE = "not_a_scale"
    LEVEL = "level"  # high or low of something unsaid
    FILLER = "filler"
    LETDOWN = "letdown"  # "disappointed": praise, if said of losing something
    TOPIC = "topic"  # what is judged: "service", "prices"


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a phrase. `value` is a degree's rank (0–5) or a stem's valence (−5 worst … 5 best)."""

    role: Role
    value: float = 0.0
    kind: Kind | None = None
    family: str = ""  # group within the role: one of FAMILIES, SIGN, NOUN or DENIED


SIGN: Final = "sign"
FACT: Final = "nominal"  # the family of what is neither good nor bad
LETDOWN: Final = "letdown"
NOUN: Final = "noun"  # the family of things of which more is better, or worse: "trust", "workload"
DENIED: Final = "denied"  # the family of a bad phrase that denies a good one: "non mi è piaciuto"
# How far a degree moves a word from the middle; a word without one stands at 3.
DEGREES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "extreme": 5.0,
        "very": 4.0,
        "well": 3.0,
        "fairly": 2.4,
        "moderately": 2.0,
        "somewhat": 1.6,
        "slightly": 1.0,
        "hardly": -1.0,
        "least": -2.0,
    }
)
STEMS: Final[Mapping[str, float]] = MappingProxyType(
    {"best": 5.0, "good": 3.0, "mild": 1.0, "middle": 0.0, "bad": -3.0, "worst": -5.0}
)
NOUNS: Final[Mapping[str, float]] = MappingProxyType({"good": 3.0, "bad": -3.0, "topic": 0.0})
_LONG: Final = 5  # letters that a word must have before a prefix is believed to negate it
_MODIFIERS: Final = {r.value: r for r in (Role.NOT, Role.AT_ALL, Role.NONE, Role.NOT_VERY, Role.NEITHER)}
_LABELS: Final = {r.value: r for r in (Role.NEUTRAL, Role.NO_OPINION, Role.UNDECIDED)} | {
    "placeholder": Role.NO_OPINION
}
_PREFIXES: Final = ("prefix", "intensifier")
STEM_KINDS: Final = tuple(k.value for k in Kind if k is not Kind.NPS)
FAMILIES: Final = ("frequency", "importance", "amount", "balance", "nominal")
CUES: Final = ("recommend", "negative", "disappointed", "satisfaction", "quality", "effort", "agreement", "likelihood",
               "importance", "frequency", "grades", "problem", "solved", "burden", "symptom", "deed")  # fmt: skip
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "modifiers": (*_MODIFIERS, *DEGREES, *_PREFIXES),
    "labels": tuple(_LABELS),
    "not_a_scale": FAMILIES,
    "words": ("filler", "high", "low", LETDOWN, "rivals"),
    "nouns": tuple(NOUNS),
    "question": CUES,
}
_TOP: Final = {"code", "iso639_3", "name", "accents", "stems", "emoji", "example", *_SECTIONS}


class LexiconError(ValueError):
    """A lexicon file that does not hold what it must. The message names the file's language and the place."""


def senses(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Sense]]:
    """Every label entry of a file as (place in the file, entry, meaning). Raises LexiconError on unknown places."""
    code = content.get("code", "?")
    if unknown := set(content) - _TOP:
        raise LexiconError(f"{code}: unknown {sorted(unknown)}")
    for section, keys in _SECTIONS.items():
        if unknown := set(content.get(section, {})) - set(keys):
            raise LexiconError(f"{code}: {section}: unknown {sorted(unknown)}")
    for key, entries in content.get("modifiers", {}).items():
        if key in _PREFIXES:
            continue
        sense = Sense(_MODIFIERS[key]) if key in _MODIFIERS else Sense(Role.DEGREE, DEGREES[key])
        yield from ((f"modifiers.{key}", entry, sense) for entry in entries)
    for key, entries in content.get("labels", {}).items():
        sense = Sense(_LABELS[key])
        yield from ((f"labels.{key}", entry, sense) for entry in entries)
    for family, entries in content.get("not_a_scale", {}).items():
        sense = Sense(Role.NOT_A_SCALE, family=family)
        yield from ((f"not_a_scale.{family}", entry, sense) for entry in entries)
    words = content.get("words", {})
    yield from (("words.filler", entry, Sense(Role.FILLER)) for entry in words.get("filler", ()))
    yield from ((f"words.{LETDOWN}", entry, Sense(Role.LETDOWN)) for entry in words.get(LETDOWN, ()))
    yield from (("words.high", entry, Sense(Role.LEVEL, 3.0)) for entry in words.get("high", ()))
    yield from (("words.low", entry, Sense(Role.LEVEL, -3.0)) for entry in words.get("low", ()))
    for key, entries in content.get("nouns", {}).items():
        sense = Sense(Role.TOPIC, NOUNS[key], Kind.QUALITY if NOUNS[key] else None, NOUN)
        yield from ((f"nouns.{key}", entry, sense) for entry in entries)
    yield from _stems(code, content.get("stems", {}))
    for sign, value in content.get("emoji", {}).items():
        kind = Kind.YES_NO if sign in "👍👎✅❌✔✖" else Kind.SATISFACTION
        yield ("emoji", sign, Sense(Role.STEM, float(value), kind, SIGN))


def _stems(code: str, stems: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, str, Sense]]:
    for kind, levels in stems.items():
        if kind not in STEM_KINDS:
            raise LexiconError(f"{code}: stems: unknown {kind}")
        for level, entries in levels.items():
            if level not in STEMS:
                raise LexiconError(f"{code}: stems.{kind}: unknown {level}")
            place = f"stems.{kind}.{level}"
            sense = Sense(Role.STEM, STEMS[level], Kind(kind))
            yield from ((place, entry, sense) for entry in entries)


def prefixed(content: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    """Words made of listed ones with a prefix, unless the file lists them itself.

    A negating prefix turns good words into bad ones ("unproductive"), an intensifying one makes the best and the worst
    ("superdåligt"). A compound that was read as its prefix alone would lose its sign.
    """
    negating, raising = ([fold(x) for x in content.get("modifiers", {}).get(key, ())] for key in _PREFIXES)
    if not negating and not raising:
        return
    told = [(entry, sense) for _, entry, sense in senses(content)]
    entries = list(zip(fold_all([entry for entry, _ in told]), [sense for _, sense in told], strict=True))
    listed = {entry.rstrip("*") for entry, _ in entries}
    for entry, sense in entries:
        if sense.role is not Role.STEM or " " in entry or not sense.kind:
            continue
        made = []
        if sense.value >= STEMS["good"] and len(entry) >= _LONG:
            made += [(prefix + entry, STEMS["bad"]) for prefix in negating]
        if abs(sense.value) >= STEMS["good"] and sense.kind is not Kind.YES_NO:
            most = STEMS["best" if sense.value > 0 else "worst"]
            made += [(prefix + entry, most) for prefix in raising]
        yield from (
            (word, Sense(Role.STEM, value, sense.kind)) for word, value in made if word.rstrip("*") not in listed
        )


def graded(content: Mapping[str, Any]) -> Callable[[str, Sense], Sense]:
    """A function that moves phrases by the degrees inside them: "very low effort" goes beyond "low effort"."""
    modifiers = content.get("modifiers", {})
    negators = set(fold_all(modifiers.get("not", ())))
    listed = {e: DEGREES[k] for k in DEGREES for e in fold_all(modifiers.get(k, ()))}
    ranks = {e: rank for e, rank in listed.items() if " " not in e}

    def graded(entry: str, sense: Sense) -> Sense:
        if " " not in entry or sense.role not in {Role.STEM, Role.DEGREE}:
            return sense
        words = tokens(fold(entry))
        sign = 1.0 if sense.value > 0 else -1.0
        strong = [i for i, word in enumerate(words) if ranks.get(word, 0.0) >= DEGREES["very"]]
        if sense.role is Role.DEGREE:
            rests = [listed.get(" ".join(words[:i] + words[i + 1 :])) for i in strong]
            return replace(sense, value=sense.value + sign / 2) if sense.value in rests else sense
        if abs(sense.value) < STEMS["good"]:
            return sense
        if sense.value < 0 and negators.intersection(words):
            sense = replace(sense, family=DENIED)
        weak = [ranks[word] for word in words if DEGREES["slightly"] <= ranks.get(word, 0.0) < STEMS["good"]]
        moved = min(weak) if weak and abs(sense.value) == STEMS["good"] else abs(sense.value) + len(strong)
        return replace(sense, value=sign * moved)

    return graded
