"""The control routes: what was asked, and changes to what was answered."""

from __future__ import annotations

import pytest
import requests

from service.simulator.forms.sv import FORM
from tests.harness.simulator import ENGLISH, GERMAN, SWEDISH
from tests.unit.simulator.reading import items, pages


def refused(status):
    return pytest.raises(requests.HTTPError, match=f"^{status} ")


def answer_set(netigate, number, survey=SWEDISH):
    return netigate.get(f"/surveys/{survey}/answers/{number}").json()


def texts(content):
    return {answer["QuestionItem"]: answer["AnswerText"] for answer in content["Answers"]}


def test_the_journal_knows_every_request(netigate):
    netigate.get("/surveys")
    netigate.get("/surveys/4711/answersWithData", page=1, pagesize=5)
    netigate.get("/surveys/4711/answers/1")
    found = netigate.requests()
    assert found["counts"] == {"/surveys": 1, "/surveys/{s}/answersWithData": 1, "/surveys/{s}/answers/{a}": 1}
    assert [(one["path"], one["query"], one["status"]) for one in found["requests"]] == [
        ("/surveys", "", 200),
        ("/surveys/4711/answersWithData", "page=1&pagesize=5", 200),
        ("/surveys/4711/answers/1", "", 404),
    ]
    assert (found["total"], found["in_flight"], found["max_concurrent"]) == (3, 0, 1)
    assert len(netigate.requests(last=1)["requests"]) == 1
    netigate.clear_requests()
    assert netigate.requests()["total"] == 0


def test_the_key_is_not_remembered(netigate):
    netigate.get("/surveys")
    assert netigate.key not in str(netigate.requests())


def test_an_added_set_is_like_any_other(netigate):
    given = {
        31: "Vet ej",
        32: 9,
        33: 1,
        34: {"Leveranstiden": "Bra"},
        35: "Ekonomi",
        36: ["Faktura", "Reklamation"],
        37: "hej",
    }
    added = netigate.add(customer="Müller & Söhne GmbH/7", contact="P-1", region="Syd", answers=given)
    content = answer_set(netigate, added["set"])
    rows = [
        (one["QuestionItem"], one["QuestionText"], one["AnswerText"], one["AnswerNumeric"], one["AnswerWeight"])
        for one in content["Answers"]
    ]
    assert rows == [
        (31, "", "Vet ej", 6, None),
        (32, "", "9", 10, 9),
        (33, "", "Mycket svårt", 1, 1),
        (34, "Leveranstiden", "Bra", 4, None),
        (35, "", "Ekonomi", 3, None),
        (36, "Faktura", "", -1, None),
        (36, "Reklamation", "", -1, None),
        (37, "Din kommentar", "hej", 1, None),
        (38, "CRM-ID", "Müller & Söhne GmbH/7", 1, None),
        (39, "Kontakt-ID", "P-1", 1, None),
        (40, "Region", "Syd", 1, None),
    ]
    assert content["Completed"] == content["Updated"] == content["Created"] == added["updated"]
    newer = pages(netigate, SWEDISH, updated=added["updated"])
    assert [one["AnswerSetId"] for one in newer] == [added["set"]]
    assert netigate.truth("Müller & Söhne GmbH/7")[0]["respondent"] == added["respondent"] > 0


def test_raw_answers_may_be_anything(netigate):
    raw = [{"item": 31, "text": "Nja", "numeric": 99, "weight": 3}, {"item": 777, "type": "HOLOGRAM", "text": "?"}]
    added = netigate.add(respondent=-1, answers=raw)
    answers = answer_set(netigate, added["set"])["Answers"]
    assert [
        (one["QuestionItem"], one["QuestionType"], one["AnswerNumeric"], one["AnswerWeight"]) for one in answers
    ] == [
        (31, "RADIOBUTTON", 99, 3),
        (777, "HOLOGRAM", 1, None),
    ]
    assert added["respondent"] == -1


def test_a_respondent_can_answer_again(netigate):
    added = netigate.add(customer="C-1001", respondent=501, answers={31: "Nöjd"})
    listed = netigate.get("/surveys/4711/answers/respondent/501").json()
    assert [one["AnswerSetId"] for one in listed] == [8001, 9001, added["set"]]


def test_edits(netigate):
    before = answer_set(netigate, 9001)
    edited = netigate.edit(9001, answers={31: "Nöjd"}, updated="2026-12-24T00:00:00")
    after = answer_set(netigate, 9001)
    assert (before["Completed"], before["Created"]) == (after["Completed"], after["Created"])
    assert edited["updated"] == after["Updated"] == "2026-12-24T00:00:00Z"
    assert texts(after) == {31: "Nöjd", 38: "C-1001", 39: "P-77", 40: "Norr"}


def test_a_set_can_become_unfinished_and_change_hands(netigate):
    netigate.edit(9001, completed=None, customer="C-1002")
    after = answer_set(netigate, 9001)
    assert (after["Completed"], texts(after)[38]) == (None, "C-1002")
    netigate.edit(9001, customer=None, completed=1_790_000_000, respondent=502)
    after = answer_set(netigate, 9001)
    assert 38 not in texts(after)
    assert after["Completed"] == "2026-09-21T14:13:20Z"
    for respondent, expected in ((501, [8001]), (502, [9001])):
        listed = netigate.get(f"/surveys/4711/answers/respondent/{respondent}").json()
        assert [one["AnswerSetId"] for one in listed] == expected


def test_edits_keep_the_order_of_pages(netigate):
    before = [one["AnswerSetId"] for one in pages(netigate, SWEDISH)]
    netigate.edit(8001, answers={31: "Nöjd"})
    assert [one["AnswerSetId"] for one in pages(netigate, SWEDISH)] == before


def test_thousands_at_once(netigate):
    sets = [{"survey": GERMAN, "customer": f"X-{number}", "answers": {131: "Zufrieden"}} for number in range(2000)]
    added = netigate.change(sets)
    assert len({one["set"] for one in added}) == 2000
    found = {one["AnswerSetId"] for one in pages(netigate, GERMAN, pagesize=1000)}
    assert {one["set"] for one in added} <= found


def test_nothing_is_done_where_one_of_many_is_bad(netigate):
    before = netigate.truth()
    with refused(400):
        netigate.change([{"survey": SWEDISH, "answers": {31: "Nöjd"}}, {"survey": SWEDISH, "answers": {31: "Blå"}}])
    assert netigate.truth() == before


def test_erasing(netigate):
    netigate.erase(9001)
    assert netigate.get("/surveys/4711/answers/9001").status_code == 404
    assert [one["set"] for one in netigate.truth("C-1001")] == [8001]
    with refused(404):
        netigate.erase(9001)
    with refused(404):
        netigate.edit(9001, answers={})


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"survey": 1},
        {"survey": "x"},
        {"survey": SWEDISH, "colour": "red"},
        {"survey": SWEDISH, "customer": 7},
        {"survey": SWEDISH, "updated": "soon"},
        {"survey": SWEDISH, "created": None},
        {"survey": SWEDISH, "answers": "Nöjd"},
        {"survey": SWEDISH, "answers": {"38": "C-1"}},
        {"survey": SWEDISH, "answers": {"99": "x"}},
        {"survey": SWEDISH, "answers": {"34": "Bra"}},
        {"survey": SWEDISH, "answers": {"34": {"Priset": "Bra"}}},
        {"survey": SWEDISH, "answers": {"31": 3}},
        {"survey": SWEDISH, "answers": [{"text": "x"}]},
        {"sets": "x"},
        {"sets": ["x"]},
    ],
)
def test_bad_changes_are_400(netigate, wanted):
    with refused(400):
        netigate.control("POST", "/answers", wanted)


def test_customers_without_answers(netigate):
    respondent = netigate.enlist("C-new", GERMAN, contact="P-new")
    people = [
        who["RespondentId"]
        for sendout in (47121, 47122)
        for who in netigate.get(f"/surveys/{GERMAN}/sendouts/{sendout}/respondents").json()
    ]
    assert respondent in people
    assert netigate.truth("C-new") == []
    for bad in ({"survey": 1, "customer": "x"}, {"survey": GERMAN}, {"customer": "x"}):
        with refused(400):
            netigate.control("POST", "/customers", bad)


def test_forgetting_a_customer(netigate):
    netigate.add(customer="a/b?c", answers={31: "Nöjd"})
    assert [netigate.forget("a/b?c"), netigate.forget("C-1001"), netigate.forget("C-1001")] == [1, 2, 0]
    assert netigate.get("/surveys/4711/answers/respondent/501").json() == []


def test_a_survey_can_go_missing(netigate):
    netigate.survey(SWEDISH, missing=True)
    assert netigate.get("/surveys/4711/answersWithData").status_code == 404
    assert [one["SurveyId"] for one in netigate.get("/surveys").json()] == [GERMAN, ENGLISH]
    netigate.survey(SWEDISH, missing=False)
    assert netigate.get("/surveys/4711/answers/9001").status_code == 200


def test_a_survey_can_list_nothing(netigate):
    netigate.survey(SWEDISH, empty=True)
    assert netigate.get("/surveys/4711/answers").json() == []
    assert netigate.get("/surveys/4711/answersWithData").json() == {"Page": 1, "TotalPages": 0, "AnswerSets": []}
    assert netigate.get("/surveys/4711/answers/respondent/501").json() == []
    assert netigate.get("/surveys/4711/answers/9001").status_code == 404
    assert netigate.get("/surveys/4711/questions").json() != []


def test_orders_of_pages(netigate):
    def order(name):
        netigate.survey(SWEDISH, order=name)
        return netigate.get("/surveys/4711/answers").json()

    by_id = order("id")
    assert order("reversed") == by_id[::-1]
    assert order("updated") == sorted(by_id, key=lambda one: (one["Updated"], one["AnswerSetId"]))
    one, other = order("shuffled"), order("shuffled")
    assert one != other
    assert sorted(one, key=lambda one: one["AnswerSetId"]) == by_id


def test_labels_can_be_missing_or_named_otherwise(netigate):
    netigate.survey(SWEDISH, customer_item_text="Kundnummer")
    assert [item["Text"] for item in items(netigate, SWEDISH).values() if item["BackgroundLabel"] == 901] == [
        "Kundnummer"
    ]
    netigate.survey(SWEDISH, labels_added=False)
    assert set(items(netigate, SWEDISH)) == {item.id for item in FORM.items() if item.label is None}
    assert texts(answer_set(netigate, 9001)).keys() == {31, 37}


@pytest.mark.parametrize("settings", [{"order": "best"}, {"colour": "red"}, {"missing": "yes"}])
def test_bad_settings_are_400(netigate, settings):
    with refused(400):
        netigate.survey(SWEDISH, **settings)


def test_an_unknown_survey_has_no_settings(netigate):
    with refused(404):
        netigate.survey(1, missing=True)


def test_control_is_for_this_machine_alone(netigate):
    from service.simulator.server import Options, create_server

    server, *_ = create_server(Options(customers=1))
    with server:
        reply = server.app.test_client().get("/_control/faults", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert (reply.status_code, reply.json["StatusCode"]) == (403, 403)
