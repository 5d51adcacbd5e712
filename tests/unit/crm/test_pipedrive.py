from __future__ import annotations

import json
from pathlib import Path

import pytest
from service.crm.panel import panel

from service.crm.options import PipedriveOptions
from service.crm.pipedrive import pipedrive_blueprint
from service.crm.words import load_words

from .conftest import (
    ANSWER,
    ANSWERED,
    OLDER_SCORE,
    SUMMARIES,
    Build,
    FakeClock,
    FakeSummaries,
    recorded,
    requests_of,
    send,
)

PIPEDRIVE = recorded("pipedrive")
OPTIONS = PipedriveOptions(PIPEDRIVE["secret"], PIPEDRIVE["company_id"])
ORDINARY = PIPEDRIVE["requests"][0]
SCHEMAS = Path(__file__).parents[3] / "examples" / "pipedrive"
WORDS = load_words()


@pytest.fixture
def client(build: Build, summaries: FakeSummaries, clock: FakeClock):
    return build([pipedrive_blueprint(OPTIONS, summaries, clock)])


@pytest.mark.parametrize("request_", requests_of("pipedrive", good=True))
def test_a_request_with_pipedrives_token_gets_the_panel(client, request_):
    answer = send(client, request_)
    assert answer.status_code == 200
    assert answer.json == {
        "data": {
            "id": 5351,
            "header": "Very dissatisfied",
            "satisfaction": {"color": "red", "label": "Very dissatisfied"},
            "score": "0",
            "trend": "75 → 0",
            "answer": "Mycket missnöjd",
            "question": "Hur nöjd är du med oss?",
            "answered_at": "2026-11-22T08:10:00Z",
            "answered": 2,
            "as_of": "2026-11-23T20:59:48Z",
        }
    }
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("request_", requests_of("pipedrive", good=False))
def test_any_other_is_refused(client, request_):
    answer = send(client, request_)
    if request_["expect"] == "request":
        assert answer.status_code == 422
        assert answer.json["field"] in {"resource", "selectedIds"}
    else:
        assert (answer.status_code, answer.json["code"]) == (401, request_["expect"])
    assert "5351" not in answer.text


def test_the_record_is_the_customer(client, summaries):
    asked = []
    summaries.summary = lambda customer_id, **_: asked.append(customer_id) or {"customer_id": customer_id, **ANSWERED}
    send(client, ORDINARY)
    assert asked == ["5351"]


def test_a_token_is_bad_again_after_its_end_and_a_minute_of_leeway(client, clock):
    clock.sleep(359)
    assert send(client, ORDINARY).status_code == 200
    clock.sleep(1)
    assert send(client, ORDINARY).json["code"] == "expired"


def test_without_a_company_every_company_of_the_app_is_answered(build, summaries, clock):
    client = build([pipedrive_blueprint(PipedriveOptions(OPTIONS.jwt_secret), summaries, clock)])
    other = next(one for one in PIPEDRIVE["requests"] if one["name"] == "another company's token")
    assert send(client, other).status_code == 200


def test_the_operator_may_name_another_kind_of_record(build, summaries, clock):
    options = PipedriveOptions(OPTIONS.jwt_secret, resource="deal")
    client = build([pipedrive_blueprint(options, summaries, clock)])
    deal = next(one for one in PIPEDRIVE["requests"] if one["name"] == "panel on a deal")
    assert send(client, deal).status_code == 200
    assert send(client, ORDINARY).json["field"] == "resource"


@pytest.mark.parametrize("state", sorted(set(SUMMARIES) - {"answered"}))
@pytest.mark.parametrize("language", WORDS)
def test_each_state_in_each_language(client, summaries, state, language):
    summaries.summary_document = SUMMARIES[state]
    path = ORDINARY["path"].replace("/panel?", f"/panel/{language}?")
    data = send(client, ORDINARY | {"path": path}).json["data"]
    assert data["header"] == data["satisfaction"]["label"] == WORDS[language][state]
    assert data["satisfaction"]["color"] == "blue"
    assert "score" not in data


def test_an_older_score_is_never_shown_beside_newer_words(client, summaries):
    summaries.summary_document = OLDER_SCORE
    data = send(client, ORDINARY).json["data"]
    assert (data["header"], data["answer"]) == ("No score", "Vet ej")
    assert data["satisfaction"] == {"color": "blue", "label": "No score"}
    assert not {"score", "trend"} & set(data)


def test_a_store_that_is_away_is_told_in_words(client, summaries):
    summaries.away = True
    answer = send(client, ORDINARY)
    assert answer.status_code == 200
    assert answer.json["data"] == {
        "id": 5351,
        "header": WORDS["en"]["unavailable"],
        "satisfaction": {"color": "blue", "label": WORDS["en"]["unavailable"]},
    }


def test_a_language_that_is_none_is_no_address(client):
    assert client.get(ORDINARY["path"].replace("/panel?", "/panel/xx?")).status_code == 404


def test_a_comment_is_shown_only_where_the_operator_says_so_and_as_plain_text(build, summaries, clock):
    options = PipedriveOptions(OPTIONS.jwt_secret, comments=True)
    data = send(build([pipedrive_blueprint(options, summaries, clock)]), ORDINARY).json["data"]
    assert data["comment"] == "Ingen <b>svarar</b> [mig](https://example.com)"
    assert data["answer"] == "Mycket missnöjd"


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("panel.*.json")), ids=lambda path: path.stem)
def test_the_panel_answers_what_its_uploaded_structure_declares(build, summaries, clock, path):
    schema = json.loads(path.read_text("utf-8"))
    options = PipedriveOptions(OPTIONS.jwt_secret, comments=True)
    data = send(build([pipedrive_blueprint(options, summaries, clock)]), ORDINARY).json["data"]
    assert set(data) == set(schema["properties"])
    assert set(schema["required"]) == {"id", "header"}
    words = WORDS[path.suffixes[0].removeprefix(".")]
    labels = {name: field["label"] for name, field in schema["properties"].items() if "label" in field}
    assert labels == {name: words[name] for name in labels}
    assert len(labels) == len(schema["properties"]) - 2


def test_there_is_a_structure_for_every_language():
    assert {path.suffixes[0].removeprefix(".") for path in SCHEMAS.glob("panel.*.json")} == set(WORDS)


def _panel(**latest):
    return panel(1, {"state": "answered", **ANSWERED, "latest": ANSWERED["latest"] | latest}, WORDS["en"])


def test_the_answer_shown_is_the_one_that_the_score_rests_on():
    other = ANSWER | {"kind": "nps", "question": "Recommend?", "answer": "9"}
    blank = ANSWER | {"answer": "Vet ej", "score": None}
    assert _panel(answers=[other, blank, ANSWER])["answer"] == "Mycket missnöjd"
    assert _panel(answers=[other], score_basis=None)["answer"] == "9"
    assert "answer" not in _panel(answers=[])


def test_long_words_are_cut():
    shown = _panel(answers=[ANSWER | {"answer": "x" * 1000}])["answer"]
    assert len(shown) == 300
    assert shown.endswith("x…")


@pytest.mark.parametrize(
    ("previous", "change", "text"), [(33.3, 33.4, "33.3 → 66.7"), (100.0, -99.96, "100 → 0"), (0.0, 0.0, "0 → 0")]
)
def test_trends_are_rounded_to_a_tenth(previous, change, text):
    summary = {"state": "answered", **ANSWERED, "trend": {"previous": previous, "change": change}}
    assert panel(1, summary, WORDS["en"])["trend"] == text
