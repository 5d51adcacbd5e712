from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

from service.crm.options import CardOptions, PipedriveOptions
from service.crm.pipedrive.panel import FIELDS, panel
from service.crm.pipedrive.route import pipedrive_blueprint
from service.crm.words import load_words
from service.widget.texts import load_texts
from service.widget.tokens import verify
from tests.unit.crm.conftest import (
    ANSWER,
    ANSWERED,
    COMMENT,
    DETRACTOR,
    NOW,
    OLDER_SCORE,
    RAISED,
    SUMMARIES,
    WIDGET_SECRET,
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
SCHEMAS = Path(__file__).parents[4] / "examples" / "pipedrive"
WORDS = load_words()
TEXTS = load_texts()
CARD = CardOptions("https://results.example.com", WIDGET_SECRET, 900)


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
            "satisfaction": {"color": "red", "label": "Very dissatisfied"},
            "score": "0",
            "trend": "75 → 0",
            "answer": "Mycket missnöjd",
            "question": "Hur nöjd är du med oss?",
            "answered_at": "2026-11-22T08:10:00Z",
            "contact": "P-77",
            "survey": "Kundnöjdhet",
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
    assert data["satisfaction"] == {"color": "grey", "label": WORDS[language][state]}
    assert "score" not in data


def test_an_older_score_is_never_shown_beside_newer_words(client, summaries):
    summaries.summary_document = OLDER_SCORE
    data = send(client, ORDINARY).json["data"]
    assert (data["answer"], data["reason"]) == ("Vet ej", "The customer gave no opinion")
    assert data["satisfaction"] == {"color": "grey", "label": "No score"}
    assert data["last_score"] == "Very dissatisfied, 0 (2 Sept 2026)"
    assert not {"score", "trend"} & set(data)


def test_a_store_that_is_away_is_told_in_words(client, summaries):
    summaries.away = True
    answer = send(client, ORDINARY)
    assert answer.status_code == 200
    assert answer.json["data"] == {
        "id": 5351,
        "satisfaction": {"color": "grey", "label": WORDS["en"]["unavailable"]},
    }


def test_a_language_that_is_none_is_no_address(client):
    assert client.get(ORDINARY["path"].replace("/panel?", "/panel/xx?")).status_code == 404


def test_a_comment_is_shown_only_where_the_operator_says_so_and_as_plain_text(build, summaries, clock):
    options = PipedriveOptions(OPTIONS.jwt_secret, comments=True)
    data = send(build([pipedrive_blueprint(options, summaries, clock)]), ORDINARY).json["data"]
    assert data["comment"] == "Ingen <b>svarar</b> [mig](https://example.com)"
    assert data["answer"] == "Mycket missnöjd"


EVERYTHING = {
    "state": "answered", **ANSWERED, "low_respondents": 2,
    "latest": ANSWERED["latest"] | {"answers": [*ANSWERED["latest"]["answers"], COMMENT]},
    "freshness": ANSWERED["freshness"] | {"state": "stale"},
}  # fmt: skip
UNSCORED = EVERYTHING | OLDER_SCORE | {"state": "no_score"}
# Pipedrive's definitions, as "Adding a JSON panel" describes what each must be in an answer.
DEFINITIONS = {
    "text": {"type": "string", "maxLength": 255},
    "numerical": {"type": "number"},
    "date-time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    "label": {
        "type": "object",
        "required": ["color", "label"],
        "properties": {
            "color": {"enum": ["green", "red", "blue", "yellow", "purple", "grey"]},
            "label": {"type": "string", "maxLength": 40},
        },
    },
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_panel_answers_what_its_uploaded_structure_declares(language):
    schema = json.loads((SCHEMAS / f"panel.{language}.json").read_text("utf-8"))
    fields = schema["properties"]
    assert (schema["required"], len(fields) <= 20) == (["id"], True)
    strict = {**schema, "definitions": DEFINITIONS, "additionalProperties": False}
    shown = [panel(1, summary, TEXTS[language], NOW) for summary in (EVERYTHING, UNSCORED)]
    for data in shown:
        jsonschema.validate(data, strict)
        assert list(data) == [name for name in fields if name in data]  # in the order in which Pipedrive shows them
    assert {name for data in shown for name in data} == set(fields) == {"id", *FIELDS}


@pytest.mark.parametrize("language", TEXTS)
def test_no_two_fields_have_one_name_and_no_value_repeats_it(language):
    fields = json.loads((SCHEMAS / f"panel.{language}.json").read_text("utf-8"))["properties"]
    labels = [field["label"] for name, field in fields.items() if name != "id"]
    assert len(set(labels)) == len(labels)
    for summary in (EVERYTHING, UNSCORED):
        data = panel(1, summary, TEXTS[language], NOW)
        for name in ("contact", "survey", "last_score", "reason", "score"):
            assert not str(data.get(name, "")).startswith(fields[name]["label"].split()[0])


def test_there_is_a_structure_for_every_language():
    assert {path.suffixes[0].removeprefix(".") for path in SCHEMAS.glob("panel.*.json")} == set(WORDS)


def _panel(language="en", now=NOW, **more):
    return panel(1, {"state": "answered", **ANSWERED} | more, TEXTS[language], now)


def _answers(*answers, **latest):
    return {"latest": ANSWERED["latest"] | {"answers": list(answers)} | latest}


def test_it_warns_of_people_whom_the_headline_hides():
    assert _panel(low_respondents=2)["low"] == {"color": "red", "label": "2 people are dissatisfied"}
    assert "low" not in _panel(low_respondents=1)
    assert _panel("sv", low_respondents=1, band="satisfied")["low"]["label"] == "1 person är missnöjd"


def test_its_number_never_contradicts_its_band():
    shown = panel(1, DETRACTOR | {"state": "answered"}, TEXTS["sv"], NOW)
    assert shown["satisfaction"] == {"color": "red", "label": "6 / 10 · Kritiker"}
    assert (shown["trend"], shown["contact"]) == ("Anna Berg: 9 → 6", "Anna Berg")
    assert "score" not in shown
    later = DETRACTOR | {"state": "no_score", "latest": OLDER_SCORE["latest"]}
    assert panel(1, later, TEXTS["sv"], NOW)["last_score"] == "6 / 10 · Kritiker (22 nov. 2026)"
    raised = panel(1, RAISED | {"state": "answered"}, TEXTS["en"], NOW)
    assert (raised["satisfaction"]["label"], "score" in raised) == ("Neutral", False)


def test_it_says_that_the_answers_may_be_older_than_they_look():
    assert "stale" not in _panel()
    stale = {"freshness": ANSWERED["freshness"] | {"state": "stale"}}
    assert _panel(**stale)["stale"] == "Netigate has not answered since 20:59 UTC"
    assert "23 Nov 2026" in _panel(now=NOW + timedelta(days=1), **stale)["stale"]


def test_the_answer_shown_is_the_one_that_the_score_rests_on():
    other = ANSWER | {"kind": "nps", "question": "Recommend?", "answer": "9"}
    blank = ANSWER | {"answer": "Vet ej", "score": None}
    assert _panel(**_answers(other, blank, ANSWER))["answer"] == "Mycket missnöjd"
    assert "answer" not in _panel(**_answers())


def test_long_words_are_cut_to_what_pipedrive_shows():
    long = ANSWER | {"answer": "x" * 1000, "question": "y" * 256}
    shown = _panel(**_answers(long, survey={"id": 1, "name": "z" * 255}, contact_id="P" * 300))
    assert {len(shown[name]) for name in ("answer", "question", "survey", "contact")} == {255}
    assert shown["answer"].endswith("x…")
    assert shown["survey"] == "z" * 255


@pytest.mark.parametrize(
    ("previous", "score", "language", "text"),
    [
        (33.3, 66.7, "en", "33.3 → 66.7"),
        (33.3, 66.7, "sv", "33,3 → 66,7"),
        (100.0, 0.04, "en", "100 → 0"),
        (0.0, 0.0, "en", "0 → 0"),
    ],
)
def test_trends_are_rounded_to_a_tenth_as_the_reader_writes_numbers(previous, score, language, text):
    assert _panel(language, trend={"previous": previous, "change": score - previous})["trend"] == text


def test_a_link_leads_to_the_card_of_this_customer_where_there_is_one(build, summaries, clock):
    options = PipedriveOptions(OPTIONS.jwt_secret, card=CARD)
    path = ORDINARY["path"].replace("/panel?", "/panel/sv?")
    answer = send(build([pipedrive_blueprint(options, summaries, clock)]), ORDINARY | {"path": path}).json
    link = answer["external_link"]
    assert (link["label"], len(link["label"]) <= 40) == ("Visa detaljer", True)
    address = urlsplit(link["url"])
    assert (address.netloc, address.path) == ("results.example.com", "/widget/customers/5351")
    query = parse_qs(address.query)
    claims = verify(query["token"][0], WIDGET_SECRET, now=NOW)
    assert (claims.customer_id, claims.scopes, query["lang"]) == ("5351", {"results"}, ["sv"])
