"""Every response is protected, whatever it is, and no request may bring more than makes sense."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import fakeredis
import pytest
from flask import Response, request

from service.web.auth import Caller
from service.web.headers import ALWAYS, LARGEST_BODY
from service.web.rate_limit import RateLimiter
from tests.support.edge import HEADERS, Edge, api_key
from tests.support.fakes import make_set
from tests.support.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def house() -> Iterator[House]:
    client = fakeredis.FakeRedis()
    yield House(client)
    client.close()


@pytest.fixture
def edge(house: House) -> Edge:
    return Edge(house)


@pytest.mark.parametrize(
    "path",
    ["/v1/customers/C-1/satisfaction", "/v1/changes", "/healthz", "/readyz", "/metrics", "/openapi.yaml", "/none"],
)
def test_every_response_says_how_it_may_be_used(edge: Edge, path: str) -> None:
    reply = edge.get(path)
    for name, value in ALWAYS.items():
        assert reply.headers[name] == value
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize(
    "path",
    ["/v1/customers/C-1/satisfaction", "/v1/respondents/501/results", "/v1/changes", "/v1/customers", "/v1/surveys",
     "/v1/unmapped"],
)  # fmt: skip
def test_what_is_of_customers_is_kept_by_no_cache_without_asking(edge: Edge, path: str) -> None:
    reply = edge.get(path)
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "private, no-cache")


def test_a_page_with_a_policy_of_its_own_keeps_it_and_may_be_framed_by_it(edge: Edge) -> None:
    @edge.app.get("/page")
    def page() -> Response:
        response = Response("x")
        response.headers["Content-Security-Policy"] = "frame-ancestors https://crm.example"
        return response

    reply = edge.get("/page")
    assert reply.headers["Content-Security-Policy"] == "frame-ancestors https://crm.example"
    assert "X-Frame-Options" not in reply.headers
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_a_body_that_is_too_large_is_refused(edge: Edge) -> None:
    @edge.app.post("/take")
    def take() -> Response:
        return Response(str(len(request.get_data())))

    assert edge.client.post("/take", data=b"x" * LARGEST_BODY).status_code == 200
    refused = edge.client.post("/take", data=b"x" * (LARGEST_BODY + 1))
    assert refused.status_code == 413
    assert refused.content_type == "application/problem+json"


def test_a_caller_over_its_limit_is_told_when_to_come_back_and_others_are_not_touched(house: House) -> None:
    keys = (api_key("greedy"), api_key("modest", "another-key"))
    edge = Edge(house, {"limiter": RateLimiter(house.store.rate_limit, house.clock, limit=2, processes=1)}, keys)
    path = "/v1/customers/C-1/satisfaction"
    assert [edge.get(path).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = edge.get(path)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["type"].endswith("too-many-requests")
    assert edge.get(path, headers={"Authorization": "Bearer another-key"}).status_code == 200
    assert edge.get("/healthz").status_code == 200


def test_a_key_can_be_rotated_while_both_are_good(house: House) -> None:
    edge = Edge(house, keys=(api_key("crm", "old"), api_key("crm", "new", ("results",))))
    statuses = {
        key: edge.get("/v1/surveys", headers={"Authorization": f"Bearer {key}"}).status_code for key in ("old", "new")
    }
    assert statuses == {"old": 200, "new": 200}


def test_both_keys_of_one_name_share_its_limit(house: House) -> None:
    limiter = RateLimiter(house.store.rate_limit, house.clock, limit=2, processes=1)
    edge = Edge(house, {"limiter": limiter}, (api_key("crm", "old"), api_key("crm", "new")))
    tried = [
        edge.get("/v1/surveys", headers={"Authorization": f"Bearer {key}"}).status_code for key in ("old", "new") * 2
    ]
    assert tried == [200, 200, 429, 429]


def test_cards_of_different_customers_do_not_share_a_limit() -> None:
    first, second = (Caller("card", frozenset(), customer).limited_as for customer in ("Kund-Geheim", "C-2"))
    assert first != second
    assert "Geheim" not in first
    assert Caller("crm", frozenset()).limited_as == "crm"


def test_the_contracts_page_runs_no_inline_script_and_asks_nobody_else(edge: Edge) -> None:
    page = edge.get("/docs", headers={})
    html = page.get_data(as_text=True)
    assert "<script>" not in html
    assert "//" not in html.replace("<!doctype", "")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "start.js"])
def test_the_pages_files(edge: Edge, name: str) -> None:
    assert f"docs/{name}" in edge.get("/docs").get_data(as_text=True)
    plain = edge.get(f"/docs/{name}", headers={})
    assert plain.status_code == 200
    packed = edge.get(f"/docs/{name}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    again = edge.get(f"/docs/{name}", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["swagger-ui.js", "..%2f__init__.py", "index.html"])
def test_no_other_file_is_given(edge: Edge, name: str) -> None:
    assert edge.get(f"/docs/{name}").status_code == 404


def test_the_page_also_with_a_slash(edge: Edge) -> None:
    reply = edge.get("/docs/")
    assert (reply.status_code, reply.headers["Location"]) == (308, "../docs")


def test_a_fault_of_ours_tells_its_kind_and_place_and_nothing_of_the_customer(house: House) -> None:
    edge = Edge(house)

    @edge.app.get("/broken/<identifier>")
    def broken(identifier: str) -> Response:
        confidential = identifier + "-vertraulich"
        raise KeyError(confidential)

    reply = edge.get("/broken/Geheim")
    assert reply.status_code == 500
    assert reply.get_json()["type"].endswith("internal")
    fault = next(line["fault"] for line in edge.lines if line["event"] == "fault")
    assert fault["kinds"] == ["KeyError"]
    assert fault["at"][-1].endswith(" broken")
    for text in (edge.log, reply.get_data(as_text=True)):
        assert "Geheim" not in text
        assert "vertraulich" not in text


def test_nothing_of_an_answer_is_logged_on_its_way_in_or_out(house: House) -> None:
    edge = Edge(house)
    house.upstream.put(make_set(1, customer="Kund-Geheim", contact="P-Geheim", comment="Geheim, bitte"))
    house.sweep()
    told = edge.get("/v1/customers/Kund-Geheim/results", headers=HEADERS).get_data(as_text=True)
    assert "Geheim, bitte" in told
    assert "Geheim" not in edge.log


@pytest.mark.parametrize("path", ["//metrics", "/%2Fmetrics", "///readyz", "//v1/surveys", "//healthz"])
def test_a_path_with_a_second_slash_is_another_path(edge: Edge, path: str) -> None:
    """A proxy that keeps `/metrics` from the outside lets `//metrics` through."""
    reply = edge.client.get("/", headers=HEADERS, environ_overrides={"PATH_INFO": path.replace("%2F", "/")})
    assert (reply.status_code, reply.content_type) == (404, "application/problem+json")
