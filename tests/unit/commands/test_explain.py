"""The loop of `netigate-results explain`: a line in, a line out."""

import io
import json

import pytest

from service.app.lexicon_files import load
from service.commands.explain_lines import run
from service.survey.scoring.scorer import Scorer


@pytest.fixture(scope="module")
def scorer():
    return Scorer(load())


def told(scorer, *lines):
    out = io.StringIO()
    status = run([f"{line}\n" for line in lines], out, scorer)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_scale_is_explained_in_the_order_given(scorer):
    line = json.dumps({"alternatives": ["Vet ej", "Mycket nöjd", "Nöjd", "Missnöjd"]})
    status, (answer,) = told(scorer, line)
    assert status == 0
    assert answer == {
        "kind": "satisfaction",
        "language": "sv",
        "direction": "descending",
        "rule": "words_in_order",
        "scores": [None, 100.0, 50.0, 0.0],
        "reasons": ["no_opinion", None, None, None],
    }


def test_what_is_no_scale_has_nulls(scorer):
    _, (answer,) = told(scorer, json.dumps({"alternatives": ["xqwz", "yqwz"]}))
    assert answer == {"kind": None, "language": None, "direction": None, "rule": "unknown_words",
                      "scores": [None, None], "reasons": ["unmapped", "unmapped"]}  # fmt: skip


def test_question_and_weights_are_optional_and_count(scorer):
    asked = {"alternatives": ["1", "2", "3"], "question": "How satisfied are you?", "weights": [1, 2, 4]}
    status, (answer,) = told(
        scorer,
        json.dumps(asked),
    )
    assert (status, answer["kind"], answer["scores"]) == (0, "satisfaction", [0.0, 33.3333, 100.0])
    assert told(scorer, json.dumps(asked | {"question": None, "weights": None}))[1][0]["scores"] == [0.0, 50.0, 100.0]


def test_the_text_of_the_item_counts_as_the_question_does(scorer):
    asked = {"alternatives": ["Low", "Medium", "High"], "question": "How would you rate the following?"}
    for item, scores in (("Quality of the work", [0.0, 50.0, 100.0]), ("Risk of accidents", [100.0, 50.0, 0.0])):
        answer = told(scorer, json.dumps(asked | {"item": item}))[1][0]
        assert (answer["scores"], answer["rule"]) == (scores, "noun_tells_levels")
    answer = told(scorer, json.dumps(asked | {"item": None}))[1][0]
    assert (answer["scores"], answer["rule"]) == ([None] * 3, "levels_of_nothing_known")


def test_other_keys_are_left_alone(scorer):
    status, (answer,) = told(scorer, json.dumps({"id": 7, "alternatives": ["Ja", "Nej"]}))
    assert (status, answer["scores"]) == (0, [100.0, 0.0])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "[]",
        "null",
        "{}",
        '{"alternatives": "Ja"}',
        '{"alternatives": [1, 2]}',
        '{"alternatives": [null]}',
        '{"alternatives": ["Ja"], "question": 5}',
        '{"alternatives": ["Ja"], "item": ["a"]}',
        '{"alternatives": ["Ja"], "weights": 1}',
        '{"alternatives": ["Ja"], "weights": [1.5]}',
        '{"alternatives": ["Ja"], "weights": [true]}',
        '{"alternatives": ["Ja"], "weights": [1, 2]}',
        "[" * 100_000,
        '{"alternatives": ["Ja"], "weights": [' + "9" * 5_000 + "]}",
    ],
    ids=lambda line: line[:45],
)
def test_a_line_that_is_no_such_object_is_an_error_and_the_rest_goes_on(scorer, line):
    good = json.dumps({"alternatives": ["Ja", "Nej"]})
    status, answers = told(scorer, good, line, good)
    assert status == 1
    assert list(answers[1]) == ["error"]
    assert answers[0] == answers[2]
    assert answers[0]["scores"] == [100.0, 0.0]


def test_lone_surrogates_and_no_alternatives_are_ordinary_input(scorer):
    status, answers = told(scorer, '{"alternatives": ["\\ud800", "Bra"]}', '{"alternatives": []}')
    assert status == 0
    assert answers[1]["scores"] == []
