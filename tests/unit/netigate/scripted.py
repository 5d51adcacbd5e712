"""A transport that answers from a script."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from service.netigate.transport import Reply
from service.survey.errors import (
    UnavailableError,
)

if TYPE_CHECKING:
    from service.netigate.policy import Policy

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
