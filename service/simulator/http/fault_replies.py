"""What each fault makes of a reply. Pure, except that slow faults wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from email.utils import formatdate
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import orjson

from service.simulator.http import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.simulator.http.faults import Fault

_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_BOM: Final = b"\xef\xbb\xbf"
_PAGE: Final = """<!DOCTYPE html>
<html><head><title>{title}</title></head>
<body><h1>{title}</h1><p>The page cannot be displayed.</p></body></html>
"""


class Delivery(Enum):
    """How the bytes go out."""

    WHOLE = auto()
    CUT = auto()  # half of them
    DRIP = auto()  # bit by bit
    HANG_UP = auto()  # none
    RESET = auto()  # none, and the connection is reset


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply on its way out."""

    status: int
    body: bytes
    content_type: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()
    delivery: Delivery = Delivery.WHOLE
    drip_seconds: float = 0.0


def early(faults: Sequence[Fault]) -> Reply | None:
    """Wait if a fault is slow, then give the reply of a fault that replaces the API's, if there is one."""
    for fault in faults:
        if fault.kind == "slow":
            fault.wait()
    made = [_INSTEAD[fault.kind](fault) for fault in faults if fault.kind in _INSTEAD]
    return made[-1] if made else None


def spoil(reply: Reply, faults: Sequence[Fault]) -> Reply:
    """Change a reply as the faults say, one after the other."""
    for fault in faults:
        change = _CHANGES.get(fault.kind)
        reply = change(reply, fault) if change else reply
    return reply


def _page(status: int, title: str) -> Reply:
    return Reply(status, _PAGE.format(title=title).encode(), _HTML)


def _error(status: int, message: str, inside: int | None = None) -> Reply:
    return Reply(status, orjson.dumps(encode.error(inside or status, message)))


def _too_many(fault: Fault) -> Reply:
    headers: tuple[tuple[str, str], ...] = ()
    if fault.retry_after is not None:
        headers = (("Retry-After", str(fault.retry_after)),)
    elif fault.retry_after_date is not None:
        headers = (("Retry-After", formatdate(time.time() + fault.retry_after_date, usegmt=True)),)
    return replace(_error(429, "Too many requests."), headers=headers)


_INSTEAD: Final[Mapping[str, Callable[[Fault], Reply]]] = {
    "down": lambda _: Reply(0, b"", delivery=Delivery.HANG_UP),
    "reset": lambda _: Reply(0, b"", delivery=Delivery.RESET),
    "html500": lambda fault: _page(fault.status or 500, "Server Error"),
    "html200": lambda _: _page(200, "Log in"),
    "404_html": lambda _: _page(404, "404 - File or directory not found."),
    "error": lambda fault: _error(fault.status or 500, "An error occurred."),
    "401": lambda _: _error(401, "The API key is missing or not valid."),
    "403": lambda _: _error(403, "Access denied."),
    "404": lambda _: _error(404, "It does not exist."),
    "429": _too_many,
    "error200": lambda fault: _error(200, "An error occurred.", fault.status or 500),
    "empty": lambda _: Reply(200, b""),
}


def _truncate(reply: Reply, _fault: Fault) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _bom(reply: Reply, _fault: Fault) -> Reply:
    return replace(reply, body=_BOM + reply.body)


def _wrap(reply: Reply, _fault: Fault) -> Reply:
    content = _content(reply)
    return replace(reply, body=orjson.dumps([content])) if isinstance(content, dict) else reply


def _unwrap(reply: Reply, _fault: Fault) -> Reply:
    content = _content(reply)
    if isinstance(content, dict):
        content = {name: _single(value) for name, value in content.items()}
    return replace(reply, body=orjson.dumps(_single(content)))


def _single(value: Any) -> Any:  # noqa: ANN401  (any JSON)
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _content(reply: Reply) -> Any:  # noqa: ANN401  (any JSON)
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None


_NONSENSE: Final[Mapping[str, Callable[[dict[str, Any]], Any]]] = {
    "bad_id": lambda good: {**good, "AnswerSetId": {"value": "x"}},
    "no_id": lambda good: {name: value for name, value in good.items() if name != "AnswerSetId"},
    "string": lambda _: "nonsense",
    "null": lambda _: None,
    "number": lambda _: 42,
    "bad_date": lambda good: {**good, "Completed": "yesterday", "Updated": "31/31/2026"},
    "bad_answers": lambda good: {**good, "Answers": "none of your business"},
    "bad_answer": lambda good: {**good, "Answers": [7, {"QuestionItem": [], "AnswerText": {}}]},
}


def _malform(reply: Reply, fault: Fault) -> Reply:
    content = _content(reply)
    page = content.get("AnswerSets", content) if isinstance(content, dict) else content
    sets = page if isinstance(page, list) else [page]
    places = [
        place
        for place, one in enumerate(sets)
        if isinstance(one, dict) and "AnswerSetId" in one and fault.set in {None, one["AnswerSetId"]}
    ]
    if not places:
        return reply
    sets[places[0]] = _NONSENSE[fault.form](sets[places[0]])
    spoilt = content if isinstance(page, list) else sets[0]
    return replace(reply, body=orjson.dumps(spoilt))


def _hold(reply: Reply, fault: Fault) -> Reply:
    fault.wait()
    return reply


_CHANGES: Final[Mapping[str, Callable[[Reply, Fault], Reply]]] = {
    "held": _hold,
    "truncated": _truncate,
    "cut": lambda reply, _: replace(reply, delivery=Delivery.CUT),
    "drip": lambda reply, fault: replace(reply, delivery=Delivery.DRIP, drip_seconds=fault.delay),
    "bom": _bom,
    "wrapped": _wrap,
    "unwrapped": _unwrap,
    "malformed_set": _malform,
}
