"""The short road gives what the route gives: same status, headers, body, figures and log line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import fakeredis
import pytest

from service.cache.circuit_breaker import CircuitBreaker
from service.survey.errors import StoreAwayError
from service.web.rate_limit import TooManyRequestsError
from tests.support.edge import HEADERS, Edge, api_key
from tests.support.fakes import make_set
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/v1/customers/C-1/satisfaction"
KEYS = (api_key(), api_key("plain", "plain", ("results",)), api_key("feed", "feed", ("changes",)))
NAMED = {"X-Request-ID": "a-name"}


@pytest.fixture
def house() -> Iterator[House]:
    client = fakeredis.FakeRedis()
    house = House(client)
    house.store.control.set_swept(SURVEY, house.store.filer.now())
    house.file(make_set(1, "Missnöjd", comment="Långsamt"), make_set(2, customer="Ö-2"), make_set(3, customer="a/b"))
    house.clock.advance(12)
    yield house
    client.close()


def ask(house: House, path: str, headers: dict[str, str], *, express: bool, **more: Any) -> tuple[Any, ...]:
    edge = Edge(house, parts=more.pop("parts", {}), keys=KEYS)
    taken: list[bool] = []
    if express:
        real = edge.app.express

        def watched(environ):
            response = real(environ)
            taken.append(response is not None)
            return response

        edge.app.express = watched
    else:
        edge.app.express = None
    reply = edge.client.open(path, headers={**HEADERS, **NAMED, **headers}, **{"method": "GET", **more})
    timed = ("_seconds_", "_created", "/metrics")
    figures = {name: value for name, value in edge.metrics().items() if not any(part in name for part in timed)}
    lines = [
        {name: value for name, value in line.items() if name not in {"timestamp", "ms", "span_id"}}
        for line in edge.lines
    ]
    said = sorted((name, value) for name, value in reply.headers)
    return (reply.status_code, said, reply.data, figures, lines), any(taken)


ROADS = [
    ("plain", PATH, {}, True),
    ("without comments", PATH, {"Authorization": "Bearer plain"}, True),
    ("nobody", "/v1/customers/nobody/satisfaction", {}, True),
    ("spaces round the ID", "/v1/customers/%20C-1%20/satisfaction", {}, True),
    ("held already", PATH, {"If-None-Match": "ETAG"}, True),
    ("held among others", PATH, {"If-None-Match": '"x", ETAG'}, True),
    ("held without being weak", PATH, {"If-None-Match": "STRONG"}, True),
    ("anything held", PATH, {"If-None-Match": "*"}, True),
    ("something else held", PATH, {"If-None-Match": 'W/"other"'}, True),
    ("traced", PATH, {"Traceparent": "00-" + "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, True),
    ("query that means nothing", PATH + "?x=1", {}, False),
    ("no key", PATH, {"Authorization": ""}, False),
    ("unknown key", PATH, {"Authorization": "Bearer who"}, False),
    ("another scope", PATH, {"Authorization": "Bearer feed"}, False),
    ("another origin", PATH, {"Origin": "https://crm.example"}, False),
    ("an alphabet", "/v1/customers/%C3%96-2/satisfaction", {}, False),
    ("a slash", "/v1/customers/a%2Fb/satisfaction", {}, False),
    ("blank", "/v1/customers/%20/satisfaction", {}, False),
    ("too long", "/v1/customers/" + "x" * 201 + "/satisfaction", {}, False),
    ("no ID", "/v1/customers//satisfaction", {}, False),
    ("the batch", "/v1/customers/satisfaction?id=C-1", {}, False),
    ("another route", "/v1/customers/C-1/results", {}, False),
]


@pytest.mark.parametrize(("path", "headers", "short"), [road[1:] for road in ROADS], ids=[road[0] for road in ROADS])
def test_both_roads_give_the_same(house: House, path: str, headers: dict[str, str], short: bool) -> None:
    etag = Edge(house, keys=KEYS).get(PATH).headers["ETag"]
    swapped = {"ETAG": etag, "STRONG": etag.removeprefix("W/")}
    given = dict(headers)
    for mark, value in swapped.items():
        given = {name: text.replace(mark, value) for name, text in given.items()}
    by_route, _ = ask(house, path, given, express=False)
    by_express, taken = ask(house, path, given, express=True)
    assert taken is short
    assert by_express == by_route


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods_are_the_routes(house: House, method: str) -> None:
    by_route, _ = ask(house, PATH, {}, express=False, method=method)
    by_express, taken = ask(house, PATH, {}, express=True, method=method)
    assert not taken
    assert by_express == by_route


class Few:
    """Lets so many through, and counts."""

    def __init__(self, left: int) -> None:
        self.left = left

    def admit(self, _caller: str) -> None:
        if not self.left:
            raise TooManyRequestsError(3)
        self.left -= 1


def test_a_request_that_goes_back_to_the_route_counts_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Few(5)
    edge = Edge(house, parts={"limiter": few}, keys=KEYS)

    def away(*_args: Any, **_more: Any) -> None:
        raise StoreAwayError("away")

    monkeypatch.setattr(type(house.store.reads), "summaries", away)
    reply = edge.get(PATH, headers=HEADERS)
    assert reply.status_code == 503
    assert json.loads(reply.data)["type"].endswith("store-unavailable")
    assert few.left == 4
    assert [line["event"] for line in edge.lines].count("request") == 1


def test_a_caller_over_its_limit_is_told_by_the_route(house: House) -> None:
    edge = Edge(house, parts={"limiter": Few(1)}, keys=KEYS)
    assert [edge.get(PATH, headers=HEADERS).status_code for _ in range(3)] == [200, 429, 429]


def test_a_copy_goes_on_while_the_store_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    edge = Edge(house, parts={"breaker": CircuitBreaker(house.clock)}, keys=KEYS)
    edge.get(PATH, headers=HEADERS)
    house.clock.advance(5)

    def away(*_args: Any, **_more: Any) -> None:
        raise StoreAwayError("away")

    monkeypatch.setattr(type(house.store.reads), "summaries", away)
    reply = edge.get(PATH, headers=HEADERS)
    assert (reply.status_code, reply.json["freshness"]["state"]) == (200, "stale")
    assert "detail=store-away" in reply.headers["Cache-Status"]
