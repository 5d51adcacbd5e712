"""A parameter that does not exist is refused under /v1, wherever it stands, and names what may have been meant."""

from __future__ import annotations

import re

import pytest

from service.web.api.queries import MOST_NAMED
from service.web.contract.openapi import OPERATIONS
from tests.support.fakes import make_set

UNDER_V1 = [operation for operation in OPERATIONS if operation.path.startswith("/v1/")]
PATHS = sorted({operation.path for operation in UNDER_V1})
MISSPELT = [
    ("/v1/changes?max_scor=20", "max_scor", "max_score"),
    ("/v1/changes?maxScore=20", "maxScore", "max_score"),
    ("/v1/changes?Limit=20", "Limit", "limit"),
    ("/v1/changes?survey=4711", "survey", "survey_id"),
    ("/v1/changes?kinds=dropped", "kinds", "kind"),
    ("/v1/customers?silent-days=20", "silent-days", "silent_days"),
    ("/v1/customers?bands=neutral", "bands", "band"),
    ("/v1/customers/C-1/results?surveyid=1", "surveyid", "survey_id"),
    ("/v1/respondents/501/results?curser=1", "curser", "cursor"),
    ("/v1/customers/satisfaction?ids=C-1", "ids", "id"),
]


def served(web) -> set[str]:
    return {
        re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "{id}", rule.rule)
        for rule in web.app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
    }


def test_every_route_under_v1_is_looked_at_below(web):
    assert served(web) <= set(PATHS)


@pytest.mark.parametrize("operation", UNDER_V1, ids=lambda operation: operation.path)
def test_what_no_route_knows_is_refused_by_name(web, operation):
    path = operation.path.replace("{id}", "4711") + "?utm_source=crm"
    json = {"alternatives": ["Nöjd"]} if operation.body else None
    reply = web.client.open(path, method=operation.method.upper(), json=json, headers={"Authorization": "Bearer full"})
    assert reply.status_code == 422
    assert set(reply.json["errors"]) == {"utm_source"}
    known = operation.query().fields if operation.query else {}
    assert all(f"`{name}`" in reply.json["errors"]["utm_source"][0] for name in known)


@pytest.mark.parametrize(("path", "name", "meant"), MISSPELT)
def test_the_nearest_that_exists_is_named(web, path, name, meant):
    reply = web.get(path)
    assert reply.status_code == 422
    assert f"Nearest: `{meant}`" in reply.json["errors"][name][0]


def test_who_has_no_key_is_told_that_first(web):
    assert web.get("/v1/changes?max_scor=1", None).status_code == 401
    assert web.get("/v1/changes?max_scor=1", "plain").status_code == 403


def test_a_misspelt_name_goes_before_what_is_wrong_with_others(web):
    assert set(web.get("/v1/changes?max_scor=1&limit=x").json["errors"]) == {"max_scor"}


def test_a_query_of_nothing_but_nonsense_is_told_in_few_words(web):
    reply = web.get("/v1/changes?" + "&".join(f"{number}{'x' * 300}=1" for number in range(100)))
    assert reply.status_code == 422
    assert len(reply.json["errors"]) == MOST_NAMED
    assert len(reply.data) < 10_000


def test_a_body_has_no_room_for_what_does_not_exist(web):
    reply = web.client.post(
        "/v1/explain", json={"alternatives": ["Nöjd"], "wieghts": [1]}, headers={"Authorization": "Bearer full"}
    )
    assert reply.status_code == 422
    assert "Nearest: `weights`" in reply.json["errors"]["wieghts"][0]


def test_the_card_and_the_open_routes_take_what_hosts_add(web):
    for path in ("/healthz", "/openapi.yaml", "/docs"):
        assert web.get(path + "?utm_source=crm", None).status_code == 200


def test_every_paged_reply_says_whether_there_is_more(web):
    for number in range(3):
        web.house.file(make_set(number + 1, "Missnöjd", customer="C-1", respondent=501 + number))
    web.house.file(make_set(9, "Missnöjd", customer="C-2", respondent=600))
    for path in ("/v1/customers/C-1/results", "/v1/customers", "/v1/changes"):
        first = web.get(f"{path}?limit=1").json
        assert first["has_more"] is True, path
        seen = first
        while seen["has_more"]:
            seen = web.get(f"{path}?limit=1&cursor={seen['cursor']}").json
        assert web.get(f"{path}?limit=100").json["has_more"] is False
    assert web.get("/v1/respondents/501/results").json["has_more"] is False
    assert web.get("/v1/changes?since=now").json["has_more"] is False
