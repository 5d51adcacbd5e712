"""How status, headers and body become data or a typed error."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.netigate.protocol import LONGEST_WAIT, Route, judge
from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UpstreamError,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGE = b"<!DOCTYPE html><html><body>IIS</body></html>"
XML = b'<?xml version="1.0"?><Error/>'


def error(code: object) -> bytes:
    return json.dumps({"StatusCode": code, "Message": "secret Message"}).encode()


def judged(status: int, body: bytes, headers: dict[str, str] | None = None):
    return judge(Route.ANSWER, status, headers or {}, body, NOW)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"[]", []),
        (b"null", None),
        (b"\xef\xbb\xbf[1]", [1]),
        (b" \r\n\xef\xbb\xbf [1]", [1]),
        (b" " * 100 + b"[1]", [1]),
        ("\ufeff[1]".encode("utf-16-le"), [1]),
        (b'{"StatusCode": 200, "a": 1}', {"StatusCode": 200, "a": 1}),
        (b'{"StatusCode": "soon"}', {"StatusCode": "soon"}),
        (b'{"StatusCode": true}', {"StatusCode": True}),
        (b'[{"StatusCode": 404}, {"StatusCode": 404}]', [{"StatusCode": 404}] * 2),
        (b'["\\ud83d", "\\ud83d\\ude00", "\xff"]', ["\ufffd", "\U0001f600", "\ufffd"]),
        (b"[12345678901234567890123, 18446744073709551615]", [12345678901234567890123.0, 18446744073709551615]),
        (b"[" + b"9" * 5000 + b"]", [float("inf")]),
        (b"[Infinity, 1e999]", [float("inf"), float("inf")]),
    ],
)
def test_json_is_data(body, data):
    assert judged(200, body) == data


def test_not_a_number_is_left_to_the_schema():
    assert str(judged(200, b"[NaN]")) == "[nan]"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said", "cause"),
    [
        (400, error(400), BadRequestError, 400, ""),
        (401, error(401), RejectedError, 401, ""),
        (403, error(403), RejectedError, 403, ""),
        (404, error(404), NotFoundError, 404, ""),
        (404, b'"Not found"', NotFoundError, 404, ""),
        (405, error(405), BadRequestError, 405, ""),
        (408, error(408), UnavailableError, 408, ""),
        (429, error(429), RateLimitedError, 429, ""),
        (500, error(500), UnavailableError, 500, ""),
        (503, b"{}", UnavailableError, 503, ""),
        # The body's own word goes before the status line.
        (200, error(400), BadRequestError, 400, ""),
        (200, error(401), RejectedError, 401, ""),
        (200, error("403"), RejectedError, 403, ""),
        (200, error(404), NotFoundError, 404, ""),
        (200, b"[" + error(404) + b"]", NotFoundError, 404, ""),
        (200, error(429), RateLimitedError, 429, ""),
        (200, error(500), UnavailableError, 500, "error_inside_200"),
        (200, error(0), UnavailableError, 0, "error_inside_200"),
        (500, error(404), NotFoundError, 404, ""),
        (404, error(500), UnavailableError, 500, ""),
        (404, error(401), RejectedError, 401, ""),
        (500, error(200), UnavailableError, 500, ""),
        (404, error(200), NotFoundError, 404, ""),
        # A page is not Netigate's word, whatever its status; only a refusal is believed.
        (200, PAGE, UnavailableError, 200, "html"),
        (200, b"\xef\xbb\xbf" + PAGE, UnavailableError, 200, "html"),
        (200, PAGE.decode().encode("utf-16"), UnavailableError, 200, "html"),
        (200, b"\n" * 100 + PAGE, UnavailableError, 200, "html"),
        (400, PAGE, UnavailableError, 400, "html"),
        (404, PAGE, UnavailableError, 404, "html"),
        (404, XML, UnavailableError, 404, "html"),
        (500, PAGE, UnavailableError, 500, "html"),
        (401, PAGE, RejectedError, 401, "html"),
        (403, XML, RejectedError, 403, "html"),
        (429, PAGE, RateLimitedError, 429, "html"),
        (404, b"", UnavailableError, 404, "empty"),
        (401, b"", RejectedError, 401, "empty"),
        (200, b"", UnavailableError, 200, "empty"),
        (204, b"", UnavailableError, 204, "empty"),
        (200, b"\xef\xbb\xbf \n", UnavailableError, 200, "empty"),
        (200, b'{"Page": 1, "AnswerSets": [{"Ans', UnavailableError, 200, "truncated"),
        (404, b'{"StatusCode": 404, "Mess', UnavailableError, 404, "truncated"),
        (200, b"no JSON at all", UnavailableError, 200, "truncated"),
        (200, b" " * 100, UnavailableError, 200, "truncated"),
        (200, b"[" * 100_000, MalformedError, 200, "depth"),
        (200, b"[" * 5000 + b"]" * 5000, MalformedError, 200, "depth"),
        (500, b"[" * 100_000, UnavailableError, 500, "depth"),
        (301, b"", UnavailableError, 301, "redirect"),
        (302, PAGE, UnavailableError, 302, "redirect"),
        (307, b"{}", UnavailableError, 307, "redirect"),
        (304, b"[]", UnavailableError, 304, "redirect"),
        (101, b"{}", UnavailableError, 101, ""),
        (999, b"{}", UnavailableError, 999, ""),
    ],
)
def test_what_is_not_data_is_a_typed_error(status, body, kind, said, cause):
    with pytest.raises(UpstreamError) as raised:
        judged(status, body)
    found = raised.value
    assert (type(found), found.status, found.cause, found.route) == (kind, said, cause, str(Route.ANSWER))
    assert "secret" not in "".join(traceback.format_exception(found))


@pytest.mark.parametrize("status", [429, 503, 500])
@pytest.mark.parametrize("body", [b"{}", PAGE], ids=["json", "html"])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("2.5", 2.5),
        ("0", 0),
        ("3601", LONGEST_WAIT),
        ("9" * 5000, LONGEST_WAIT),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 12:01:30 -0000", 90),
        ("Monday, 23-Nov-26 12:01:30 GMT", 90),
        ("Mon Nov 23 12:01:30 2026", 90),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
        ("Tue, 24 Nov 2026 12:00:00 GMT", LONGEST_WAIT),
        ("-5", 0),
        ("²", 0),
        ("nan", 0),
        ("", 0),
        ("soon", 0),
        ("Mon, 99 Nov 2026 99:99:99 GMT", 0),
        ("Mon, 23 Nov 2026 12:01:30 +99999999999", 0),
    ],
)
def test_retry_after(status, body, value, seconds):
    with pytest.raises(UnavailableError) as raised:
        judged(status, body, {"retry-AFTER": value, "X-Other": "9"})
    assert raised.value.retry_after == seconds


BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(str.encode),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["StatusCode", "Message", "x"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=500)
@given(status=st.integers(100, 999), body=BODIES, cut=st.integers(0, 5), wait=st.text(max_size=12))
def test_any_reply_is_data_or_an_upstream_error(status, body, cut, wait):
    try:
        data = judged(status, body[: len(body) - cut], {"Retry-After": wait})
    except UpstreamError as found:
        wait_asked = getattr(found, "retry_after", 0.0)
    else:
        wait_asked = 0.0
        assert 200 <= status < 300
        assert not isinstance(data, bytes)
    assert 0 <= wait_asked <= LONGEST_WAIT
