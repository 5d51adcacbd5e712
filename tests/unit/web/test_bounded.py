"""Whatever a caller sends costs no more than its length: no request holds a core, and a broken body is the client's."""

from __future__ import annotations

import http.client
import io
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.web.contract.query_schemas import MAX_ALTERNATIVES, MAX_READ
from service.web.rate_limit import MOST_WINDOWS, REFUSALS, RefusalLimit, TooManyRequestsError
from tests.support.edge import HEADERS, Edge
from tests.support.fakes import FakeClock

# Of a core: five times what the slowest takes here, and a tenth of what any of them took before it was bounded.
SECONDS = 1.0
LINE = 262_144  # the longest request line
# One text of each class of characters that a pattern, a normal form or a parser treats in its own way.
PIECES = (
    "a", "A", "StronglyAgree", " ", "\n", "\t", "<", "<a", "</", "<b>", "&", "&amp;", "&#1", "1", "1 ", "1-", "1 : ",
    ".", ":", ":)", "(", "(e)",
    "/", "a/b", "·", "l·l", "★", "😃", "—", "[", "#", "'", '"', '",', "_", ",", ";", "=", "\\",
    "\u0301", "\u0316\u0301", "\u0f71\u0f72", "\U0001d15e", "a\u0301", "か\u3099", "한", "\ufdfa", "好", "ก\u0e34", "ﬃ",
    "\u0130", "\u200b", "\u200d", "inte alls ", "id=a&", "%41", "eyJ.",
)  # fmt: skip


def cost(edge: Edge, path: str, query: str = "", body: bytes = b"", **more: str) -> tuple[int, float]:
    """The status, and the seconds of a core."""
    environ = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": HEADERS["Authorization"],
        **more,
    }
    said: list[str] = []
    begun = time.thread_time()
    b"".join(edge.app.wsgi_app(environ, lambda status, _headers: said.append(status)))
    return int(said[0][:3]), time.thread_time() - begun


def repeated(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


@pytest.fixture
def edge(house) -> Edge:
    made = Edge(house)
    made.client.post("/v1/explain", json={"alternatives": ["Good", "Bad"]}, headers=HEADERS)  # reads the lexicons
    return made


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_no_request_holds_a_core(edge, piece):
    long, field = repeated(piece, LINE // 4), repeated(piece, 8190).replace("\n", " ").encode().decode("latin-1")
    asked = [
        cost(edge, f"/v1/customers/{long}/satisfaction"),
        cost(edge, f"/v1/respondents/{long}/results"),
        cost(edge, "/v1/customers/satisfaction", f"id={long}"),
        cost(edge, "/v1/customers/satisfaction", long),
        cost(edge, "/v1/changes", f"cursor={long}&since={long}"),
        *(
            cost(edge, "/v1/customers/C-1001/satisfaction", **{name: field})
            for name in ("HTTP_IF_NONE_MATCH", "HTTP_AUTHORIZATION", "HTTP_TRACEPARENT", "HTTP_X_REQUEST_ID")
        ),
    ]
    texts = [repeated(piece, 99_000), [repeated(piece, 140) + str(n) for n in range(MAX_ALTERNATIVES)]]
    for alternatives in ([texts[0], texts[0] + "b"], texts[1]):
        body = json.dumps({"alternatives": alternatives, "question": texts[0]}, ensure_ascii=False).encode()
        asked.append(cost(edge, "/v1/explain", body=body))
    assert max(seconds for _, seconds in asked) < SECONDS
    assert all(status < 500 for status, _ in asked)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(piece=st.text(min_size=1, max_size=4).filter(lambda text: text.isprintable()))
def test_nor_does_any_other_text_that_repeats(edge, piece):
    body = json.dumps({"alternatives": [repeated(piece, 20_000), "Bad"], "question": repeated(piece, 20_000)})
    assert cost(edge, "/v1/explain", body=body.encode())[1] < SECONDS
    assert cost(edge, f"/v1/customers/{repeated(piece, 20_000)}/results")[1] < SECONDS


@pytest.mark.parametrize("name", ["HTTP_ACCEPT_LANGUAGE", "HTTP_IF_NONE_MATCH", "HTTP_X_ANY", "CONTENT_TYPE"])
def test_a_longer_header_is_refused_before_it_is_looked_at(edge, name):
    multipart = "multipart/form-data;boundary=" + repeated("en", LINE)
    begun = len(edge.lines)
    for path in ("/healthz", "/v1/surveys", "/nowhere"):
        status, seconds = cost(edge, path, **{name: multipart})
        assert (status, seconds < SECONDS) == (431, True)
        assert cost(edge, path, **{name: "a" * 8190})[0] != 431
    assert {line["level"] for line in edge.lines[begun:]} == {"info"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"alternatives": ["a"] * (MAX_ALTERNATIVES + 1)}, "alternatives"),
        ({"alternatives": [""] * 100_000}, "alternatives"),
        ({"alternatives": ["a"], "weights": [1] * 100_000}, "weights"),
        ({"alternatives": ["a" * 2000] * (MAX_READ // 2000 + 1)}, "alternatives"),
    ],
)
def test_more_than_may_be_asked_at_once_is_named(edge, body, field):
    reply = edge.client.post("/v1/explain", json=body, headers=HEADERS)
    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])


class Broken(io.BytesIO):
    """A body as a server hands it on whose client sends nonsense."""

    def read(self, *_: int) -> bytes:
        raise http.client.HTTPException("Invalid chunk size")

    readinto = readline = read


def test_a_body_that_breaks_is_the_clients_fault_and_no_fault_of_ours(edge):
    before = len(edge.lines)
    reply = edge.client.post(
        "/v1/explain", headers=HEADERS, content_type="application/json",
        environ_overrides={"wsgi.input": Broken(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )  # fmt: skip
    assert (reply.status_code, reply.content_type) == (400, "application/problem+json")
    assert {line["level"] for line in edge.lines[before:]} == {"info"}


def test_refusals_are_limited_by_address_and_good_keys_are_not(house):
    edge = Edge(house, {"refusals": RefusalLimit(house.clock)})

    def ask(key: str, address: str):
        origin = {"REMOTE_ADDR": address}
        return edge.client.get("/v1/surveys", headers={"Authorization": f"Bearer {key}"}, environ_overrides=origin)

    assert {ask("guess", "192.0.2.1").status_code for _ in range(REFUSALS)} == {401}
    over = ask("guess", "192.0.2.1")
    assert (over.status_code, over.headers["Retry-After"], over.json["title"]) == (429, "60", "Over the limit")
    assert ask("guess", "192.0.2.2").status_code == 401
    assert ask("a-key-of-the-tests", "192.0.2.1").status_code == 200
    house.clock.advance(60)
    assert ask("guess", "192.0.2.1").status_code == 401


def test_a_network_of_many_addresses_is_one_and_no_flood_of_them_fills_the_memory():
    limit = RefusalLimit(FakeClock(), limit=1)
    limit.refused("2001:db8::1")
    with pytest.raises(TooManyRequestsError):
        limit.refused("2001:db8::2")
    for number in range(MOST_WINDOWS + 10):
        limit.refused(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limit._counts) == MOST_WINDOWS
