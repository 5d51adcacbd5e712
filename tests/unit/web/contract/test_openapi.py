"""The contract: valid, checked in as generated, and true of what is served."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.survey.model import Band
from service.web.contract.examples import BODIES, REPLIES
from service.web.contract.openapi import OPERATIONS, build_spec, spec_text
from tests.harness.processes import ROOT
from tests.support.fakes import START, make_set

SPEC: dict[str, Any] = yaml.safe_load(spec_text())


def test_it_is_valid():
    assert [error.message for error in OpenAPIV31SpecValidator(SPEC).iter_errors()] == []


def test_it_is_checked_in_as_generated():
    assert (ROOT / "openapi.yaml").read_text("utf-8") == spec_text(), "run `make openapi`"


def test_it_is_served(web):
    reply = web.get("/openapi.yaml", None)
    assert reply.content_type.startswith("application/yaml")
    assert reply.text == spec_text()


def test_names_are_given_once_and_none_is_made_up():
    ids = [operation["operationId"] for path in SPEC["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    assert not [name for name in SPEC["components"]["schemas"] if re.search(r"\d$", name)]
    assert build_spec() == SPEC


def schema_of(path: str, status: int, method: str = "get") -> dict[str, Any]:
    found = SPEC["paths"][path][method]["responses"][str(status)]
    if "$ref" in found:
        found = SPEC["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    (content,) = found["content"].values()
    return {"components": SPEC["components"], **content["schema"]}


def closed(schema: Any) -> Any:
    """The schema without room for fields that it does not name: replies may gain some, but not behind its back."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    return {"additionalProperties": False} | inner if "properties" in inner else inner


def check(document: Any, path: str, status: int = 200, method: str = "get") -> None:
    schema = closed(schema_of(path, status, method))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)


@pytest.fixture
def filled(web):
    web.house.upstream.put(
        make_set(1, "Nöjd", contact="P-1", recommend=9),
        make_set(2, "Mycket missnöjd", at=START + timedelta(minutes=1), comment="privat", respondent=502),
        make_set(3, "Vet ej", customer="C-2", respondent=600),
        make_set(4, "Nöjd", customer=None, respondent=700),
    )
    web.house.sweep()
    web.house.file(make_set(5, "Missnöjd", customer="C-3", respondent=800, at=START + timedelta(minutes=2)))
    return web


def test_replies_may_gain_fields_and_requests_may_not():
    schemas = SPEC["components"]["schemas"]
    closed_ones = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    assert closed_ones == {"ExplainQuery"}
    assert "may gain fields" in SPEC["info"]["description"]


def test_a_generator_finds_every_closed_set_by_name():
    text = json.dumps({**SPEC, "components": {**SPEC["components"], "schemas": {}}})
    assert '"enum"' not in text
    inline = {
        name: schema
        for name, schema in SPEC["components"]["schemas"].items()
        if '"enum"' in json.dumps(schema.get("properties", {}))
    }
    assert inline == {}
    assert SPEC["components"]["schemas"]["Band"]["enum"] == [band.value for band in Band]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_every_operation_is_told_in_full(operation):
    document = SPEC["paths"][operation.path][operation.method]
    assert document["summary"]
    assert set(document["tags"]) <= {tag["name"] for tag in SPEC["tags"]}
    (content,) = document["responses"]["200"]["content"].values()
    check(content["example"], operation.path, method=operation.method)
    for status, response in document["responses"].items():
        if status not in {"200", "304"} and "content" not in response:
            assert response["$ref"].startswith("#/components/responses/")
    for parameter in document["parameters"]:
        if parameter["in"] == "path":
            jsonschema.Draft202012Validator(parameter["schema"]).validate(
                int(parameter["example"]) if parameter["schema"]["type"] == "integer" else parameter["example"]
            )


def test_the_example_of_a_body_is_answered_with_the_example_of_its_reply(web):
    (example,) = BODIES.values()
    reply = web.client.post("/v1/explain", json=example, headers={"Authorization": "Bearer full"}).json
    assert {**reply, "ruleset": ""} == {**REPLIES["/v1/explain"], "ruleset": ""}


@pytest.mark.parametrize("name", SPEC["components"]["responses"])
def test_every_problem_has_an_example(name):
    ((_, content),) = SPEC["components"]["responses"][name]["content"].items()
    schema = {"components": SPEC["components"], **content["schema"]}
    jsonschema.Draft202012Validator(closed(schema)).validate(content["example"])


def test_it_names_whom_to_ask():
    assert SPEC["info"]["contact"]["url"].startswith("https://")


# Concrete requests for each documented path; a new route needs one here.
ASKED = {
    "/v1/customers/{id}/satisfaction": ["C-1", "C-2", "nobody"],
    "/v1/customers/{id}/results": ["C-1", "C-2", "nobody"],
    "/v1/customers/{id}/results/latest": ["C-1", "C-2", "nobody"],
    "/v1/respondents/{id}/results": ["501", "502", "700", "1"],
    "/v1/respondents/{id}/results/latest": ["501", "700", "1"],
    "/v1/surveys/{id}/scales": ["4711"],
}
QUERIES = {"/v1/customers/satisfaction": "?id=C-1&id=C-2&id=nobody", "/v1/changes": "?limit=1"}
JSON_PATHS = sorted({operation.path for operation in OPERATIONS if operation.method == "get"})


def requests_of(path: str) -> list[str]:
    if "{id}" in path:
        return [path.replace("{id}", identifier) for identifier in ASKED[path]]
    return [path + QUERIES.get(path, "")]


@pytest.mark.parametrize("path", JSON_PATHS)
@pytest.mark.parametrize("key", ["full", "plain"])
def test_what_is_served_is_what_is_documented(filled, path, key):
    for asked in requests_of(path):
        reply = filled.get(asked, key)
        if reply.status_code == 403:
            check(reply.json, path, 403)
            continue
        assert reply.status_code == 200, asked
        check(reply.json, path)
        documented = SPEC["paths"][path]["get"]["responses"]["200"].get("headers", {})
        told_without_an_age = {"Age"} if not filled.house.store.control.swept() else set()
        assert set(documented) - told_without_an_age <= set(reply.headers.keys())


@pytest.mark.parametrize("path", [path for path in JSON_PATHS if path.startswith("/v1/")])
def test_problems_are_as_documented(filled, path):
    (asked, *_) = requests_of(path)
    check(filled.get(asked, None).json, path, 401)
    check(filled.get(asked, "words").json, path, 403)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_operation_has_a_route_and_its_scope(web, operation):
    rules = {re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "{id}", rule.rule): rule for rule in web.app.url_map.iter_rules()}
    if operation.path not in rules:
        # Served only where the card is switched on.
        assert operation.path.startswith(("/widget", "/embed", "/v1/tokens", "/demo"))
        return
    assert any(
        operation.method.upper() in rule.methods
        for rule in web.app.url_map.iter_rules()
        if re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "{id}", rule.rule) == operation.path
    )
    document = SPEC["paths"][operation.path][operation.method]
    assert bool(document.get("security")) == bool(operation.scope)


def test_every_route_under_v1_is_documented(web):
    served = {
        re.sub(r"<(?:[^:<>]+:)?[^<>]+>", "{id}", rule.rule)
        for rule in web.app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
    }
    assert served <= set(SPEC["paths"])
