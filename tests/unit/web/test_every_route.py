"""Every route but the open ones asks for a key, and for its scope; and none of them writes."""

from __future__ import annotations

import pytest

from service.web.contract.openapi import OPERATIONS
from service.web.operations.access_log import template
from tests.support.edge import SCOPES, Edge, api_key
from tests.support.house import SURVEY

SCOPED = [operation for operation in OPERATIONS if operation.scope]
OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.yaml", "/docs", "/docs/", "/docs/{name}"}


def ask(edge: Edge, operation, key: str | None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    path = operation.path.replace("{id}", str(SURVEY))
    return edge.client.open(path, method=operation.method.upper(), headers=headers, json={} if operation.body else None)


@pytest.mark.parametrize("operation", SCOPED, ids=lambda operation: operation.path)
def test_without_a_key_without_a_good_one_and_without_its_scope(house, operation):
    keys = tuple(api_key(scope, scope, (scope,)) for scope in SCOPES)
    edge = Edge(house, keys=keys)
    assert ask(edge, operation, None).status_code == 401
    assert ask(edge, operation, "wrong").status_code == 401
    for scope in SCOPES:
        allowed = ask(edge, operation, scope).status_code not in {401, 403}
        assert allowed == (scope == operation.scope), scope


def test_every_route_is_open_by_name_or_in_the_contract(house):
    edge = Edge(house)
    served = {template(rule.rule) for rule in edge.app.url_map.iter_rules()}
    assert served == OPEN | {operation.path for operation in OPERATIONS}


def test_nothing_can_be_written(house):
    methods = {
        (method, template(rule.rule))
        for rule in Edge(house).app.url_map.iter_rules()
        for method in rule.methods - {"GET", "HEAD", "OPTIONS"}
    }
    assert methods == {("POST", "/v1/explain")}  # computes, changes nothing
