"""What Netigate says in tests: parts of its JSON, a transport that answers from a script, and broken connections."""

from __future__ import annotations

import json
import socket
import struct
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from service.netigate import wire
from service.netigate.policy import Policy
from service.netigate.protocol import Request, Route
from service.netigate.transport import Reply
from service.survey.errors import UnavailableError

if TYPE_CHECKING:
    from service.survey.model import QuestionItem


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def item(**changes) -> dict:
    return {"QuestionItemId": 1, "Type": "RADIOBUTTON", "Rows": [{"Text": "Ja"}, {"Text": "Nej"}]} | changes


def items_of(*items: object) -> list[QuestionItem]:
    return wire.question_items([{"QuestionId": 9, "QuestionItems": list(items)}])


def answer(**changes) -> dict:
    return {"AnswerId": 1, "QuestionItem": 5, "QuestionType": "T", "QuestionText": "q", "AnswerText": "a"} | changes


def answer_set(**changes) -> dict:
    done = "2026-01-01T00:00:00Z"
    return {"AnswerSetId": 1, "Survey": 2, "Respondent": 3, "Completed": done, "Updated": done, "Answers": []} | changes


def paged(*sets: object):
    return wire.answer_page({"Page": 1, "TotalPages": 1, "AnswerSets": list(sets)}, 2, 1, 100)


HTML = Reply(404, {}, b"<html>")


def ok(data: object) -> Reply:
    return Reply(200, {}, json.dumps(data).encode())


def failed(status: int, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, b'{"Message": "no"}')


class Scripted:
    """Stands in for the transport: replies by path, the last one of a list for good. Each attempt takes `seconds`."""

    def __init__(self, clock, replies: dict, seconds: float = 0.0) -> None:
        self._clock = clock
        self._replies = {path: list(what) if isinstance(what, list) else [what] for path, what in replies.items()}
        self._seconds = seconds
        self.asked: list[str] = []
        self.limits: list[tuple[Policy, float]] = []

    def get(self, request, *, policy, deadline):
        self.asked.append(request.path)
        self.limits.append((policy, deadline))
        self._clock.seconds += self._seconds
        left = self._replies.get(request.path, [failed(404)])
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, str):
            raise UnavailableError(request.route, cause=found)
        return found


KEY = "5f0c2d1e-key-of-nobody"

SURVEY = Request(Route.SURVEY, (611,))

SHORT = Policy(connect_timeout=2.0, read_timeout=0.1)

PATIENT = Policy(connect_timeout=20.0, read_timeout=20.0)  # where nothing has to be waited for: a busy machine is slow


def refused(ask, *args, **kwargs) -> str:
    with pytest.raises(UnavailableError) as raised:
        ask(*args, **kwargs)
    shown = "".join(traceback.format_exception(raised.value))
    assert raised.value.route == "/surveys/{survey}"
    assert raised.value.status is None
    assert KEY not in shown
    assert "127.0.0.1" not in shown
    assert "/611" not in shown
    return raised.value.cause


def until_closed(connection: socket.socket) -> None:
    connection.recv(1)


def stalls_at_once(connection, _server) -> None:
    until_closed(connection)


def stalls_midway(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")
    until_closed(connection)


def resets(connection, _server) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hangs_up(connection, _server) -> None:
    connection.close()


def hangs_up_midway(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,")
    connection.close()


def hangs_up_in_a_chunk(connection, _server) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n[1,")
    connection.close()
