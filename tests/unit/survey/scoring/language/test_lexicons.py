"""Every language file holds what docs/lexicons.md asks for, and scores its own examples."""

import pytest

from service.app.lexicon_files import COMMON, load, read_all
from service.survey.scoring.language.lexicon_faults import faults
from service.survey.scoring.language.lexicons import LexiconError, build
from service.survey.scoring.scorer import Scorer

FILES = {name: content for name, content in read_all().items() if name != COMMON}
EXAMPLES = [
    pytest.param(example, id=f"{name}-{at}")
    for name, content in FILES.items()
    for at, example in enumerate(content.get("example", []))
]


@pytest.fixture(scope="module")
def scorer():
    return Scorer(load())


@pytest.mark.parametrize("name", FILES)
def test_file_is_complete_and_without_contradiction(name):
    assert faults(FILES[name]) == []


@pytest.mark.parametrize("name", FILES)
def test_file_is_named_after_its_language(name):
    assert name == f"{FILES[name]['code']}.toml"


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_scores_as_the_file_says(scorer, example):
    scale = scorer.explain(example["alternatives"], example.get("question", ""), example.get("weights"))
    actual = [step.score if step.score is not None else str(step.reason) for step in scale.steps]
    expected = [e if isinstance(e, str) else pytest.approx(e, abs=0.1) for e in example["scores"]]
    assert actual == expected
    if "kind" in example:
        assert scale.kind == example["kind"]


def minimal(**changes):
    content = {key: value for key, value in FILES["sv.toml"].items() if key != "example"}
    content["example"] = FILES["sv.toml"]["example"]
    return content | changes


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "name is missing"),
        ({"labels": {"neutral": ["neutral"]}}, "labels.no_opinion is empty"),
        ({"stems": {}}, "stems.satisfaction.good is empty"),
        (
            {"labels": {"neutral": ["nöjd"], "no_opinion": ["vet ej"], "placeholder": ["välj"]}},
            "'nojd' is both neutral",
        ),
        ({"labels": {"neutral": ["Neutral"], "no_opinion": ["vet ej"], "placeholder": ["välj"]}}, "not lower-case"),
        ({"labels": {"neutral": ["x"], "no_opinion": ["nöjd"], "placeholder": ["välj"]}}, "both an answer and none"),
        ({"example": []}, "only 0 examples"),
        ({"surprise": {}}, "unknown ['surprise']"),
        ({"words": {"surprise": ["x"]}}, "words: unknown ['surprise']"),
    ],
)
def test_fault_is_named(changes, fault):
    assert any(fault in line for line in faults(minimal(**changes)))


def test_stem_hidden_by_a_degree_is_named():
    content = minimal()
    content["modifiers"] = content["modifiers"] | {"very": ["dåligare"]}
    content["stems"] = content["stems"] | {"quality": {"good": ["bra"], "bad": ["dålig*"]}}
    assert any("hides a stem" in line for line in faults(content))


def test_word_that_points_both_ways_is_named():
    content = minimal()
    content["stems"] = content["stems"] | {"quality": {"good": ["bra"], "bad": ["bra", "usel"]}}
    assert any("points both ways" in line for line in faults(content))


def test_stem_that_is_no_scale_is_named():
    content = minimal()
    content["not_a_scale"] = content["not_a_scale"] | {"nominal": ["nöjd"]}
    assert any("both a stem and no scale" in line for line in faults(content))


def test_example_of_another_length_is_named():
    content = minimal(example=[{"alternatives": ["Bra"], "scores": []}])
    assert any("do not match" in line for line in faults(content))


@pytest.mark.parametrize(
    "content",
    [
        {"name": "no code"},
        {"code": "xx", "stems": {"surprise": {}}},
        {"code": "xx", "stems": {"quality": {"surprise": []}}},
        {"code": "xx", "labels": {"neutral": ["123"]}},
    ],
)
def test_a_file_that_cannot_be_compiled_says_why(content):
    with pytest.raises(LexiconError):
        build([content], {})


def test_lexicons_are_found_by_either_code():
    lexicons = load()
    assert lexicons.named("swe") is lexicons.named("sv")
    assert lexicons.named(None) is None
    assert lexicons.named("zz") is None


def test_digest_changes_with_a_word():
    sv = FILES["sv.toml"]
    other = sv | {"labels": sv["labels"] | {"neutral": ["lagom"]}}
    assert build([sv], {}).digest != build([other], {}).digest
    assert build([sv, FILES["en.toml"]], {}).digest == build([FILES["en.toml"], sv], {}).digest
