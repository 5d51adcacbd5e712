"""Who may ask, what is not there, and faults of our own: each a problem document with the request's name."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from structlog.testing import capture_logs

from service.store.reads import Reads
from service.web.api_keys import parse_api_keys
from service.web.auth import KeyRing
from service.web.contract import schemas
from tests.support.fakes import make_set
from tests.unit.web.conftest import api_key


def is_problem(reply, status, slug):
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert schemas.ProblemSchema().validate(reply.json) == {}
    assert reply.json["type"] == f"urn:netigate-results:problem:{slug}"
    assert reply.json["status"] == status
    assert reply.json["request_id"] == reply.headers["X-Request-ID"] != ""
    assert reply.headers["Cache-Control"] == "no-store"
    return True


RESULTS = [
    "/v1/customers/C-1/satisfaction",
    "/v1/customers/C-1/results",
    "/v1/customers/C-1/results/latest",
    "/v1/respondents/501/results",
    "/v1/respondents/501/results/latest",
    "/v1/customers/satisfaction?id=C-1",
    "/v1/surveys",
]
FEED = ["/v1/changes", "/v1/customers"]


@pytest.mark.parametrize("path", RESULTS + FEED)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic ZnVsbDo=",
        "full",
        "Bearer full x",
        "Bearer " + "x" * 5000,
        "Bearer å",
    ],
)
def test_without_a_valid_key_nothing_is_told(web, path, header):
    reply = web.get(path, None, **({} if header is None else {"Authorization": header}))
    assert is_problem(reply, 401, "unauthorized")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", RESULTS)
def test_the_scheme_is_of_any_case(web, path):
    assert web.get(path, None, Authorization="bEARER full").status_code == 200


@pytest.mark.parametrize(("paths", "allowed"), [(RESULTS, {"full", "plain"}), (FEED, {"full", "feed"})])
@pytest.mark.parametrize("key", ["full", "plain", "feed", "words"])
def test_scopes(web, paths, allowed, key):
    for path in paths:
        reply = web.get(path, key)
        assert reply.status_code == 200 if key in allowed else is_problem(reply, 403, "forbidden")


def test_a_key_is_checked_before_the_input(web):
    assert web.get("/v1/customers/C-1/results?limit=0", None).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/customers/C-1", "/v1/customers/C-1/satisfaction/", "/v2/x", "/healthz/"]
)
def test_an_unknown_route(web, path):
    assert is_problem(web.get(path), 404, "not-found")
    assert is_problem(web.get(path, None), 404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", RESULTS + FEED)
def test_nothing_can_be_written(web, method, path):
    reply = web.get(path, method=method)
    assert is_problem(reply, 405, "method-not-allowed")
    assert "GET" in reply.headers["Allow"]


def test_head_is_get_without_its_body(web):
    reply = web.get(RESULTS[0], method="HEAD")
    assert (reply.status_code, reply.data) == (200, b"")
    assert reply.headers["ETag"] == web.get(RESULTS[0]).headers["ETag"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1:/+=.", True), ("x" * 128, True), ("x" * 129, False), ("a b", False), ("å", False), ("", False)],
)
def test_the_callers_request_id_is_kept_where_it_is_safe(web, given, kept):
    told = web.get("/healthz", X_Request_ID=given).headers["X-Request-ID"]
    assert (told == given) is kept
    assert told


def test_a_fault_of_ours_tells_nobodys_data(web, monkeypatch):
    def broken(*_args, **_more):
        raise ValueError("Kalle on C-1 said: hemligt")

    monkeypatch.setattr(Reads, "summaries", broken)
    with capture_logs() as lines:
        reply = web.get("/v1/customers/C-1/satisfaction")
    assert is_problem(reply, 500, "internal")
    assert b"hemligt" not in reply.data
    faults = [line for line in lines if line["event"] == "fault"]
    assert [line["error"] for line in faults] == ["ValueError"]
    told = repr([{k: v for k, v in line.items() if k != "exc_info"} for line in lines])
    assert "hemligt" not in told
    assert "C-1" not in told


def test_readiness_follows_the_sweeps(web):
    house = web.house
    assert web.get("/healthz", None).json == {"status": "alive", "version": version("netigate-results")}
    starting = web.get("/readyz", None)
    assert (starting.status_code, starting.json["status"]) == (503, "starting")
    assert starting.json["reasons"] == ["survey 4711 has not been swept yet"]
    house.store.control.set_swept(4711, house.store.filer.now())
    ready = web.get("/readyz", None)
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "reasons": []})
    house.clock.advance(600)
    degraded = web.get("/readyz", None)
    assert (degraded.status_code, degraded.json["status"]) == (200, "degraded")
    assert degraded.json["reasons"] == ["survey 4711 was last swept at 2026-11-23T12:00:00Z"]
    for reply in (starting, ready, degraded):
        assert schemas.HealthSchema().validate(reply.json) == {}


def test_a_customer_label_that_no_item_carries_is_told(web, house):
    house.upstream.put(make_set(1))
    house.sweep(sweeper=house.sweeper(customer_label="Nope"))
    told = web.get("/readyz", None)
    assert (told.status_code, told.json["status"]) == (200, "degraded")
    assert told.json["reasons"] == ["survey 4711: no item carries the customer label, so no customer has its answers"]


def test_every_key_is_compared():
    ring = KeyRing([api_key("first", "results"), api_key("last", "changes")])
    assert ring.caller("first").scopes == {"results"}
    assert ring.caller("last").name == "last"
    assert ring.caller("other") is None
    assert KeyRing([]).caller("x") is None


def test_keys_are_read_as_operators_write_them():
    digest = "ab" * 32
    (key,) = parse_api_keys(f" crm.prod_1-x:{digest.upper()}:results+changes , ")
    assert (key.name, key.digest, key.scopes) == ("crm.prod_1-x", digest, {"results", "changes"})
    for text in (
        "",
        " , ",
        "a:b:c",
        f"a:{digest}:",
        f"a:{digest}:results++changes",
        f":{digest}:results",
        f"a:{digest[1:]}:results",
    ):
        with pytest.raises(ValueError, match=r"entry|at least one"):
            parse_api_keys(text)
