"""Faults that are on now, and which request each of them hits."""

from __future__ import annotations

import itertools
import re
import threading
import time
from dataclasses import dataclass, field, fields
from typing import Any, Final, get_type_hints

KINDS: Final = (
    "down",  # the connection is closed without a reply
    "reset",  # the same, by a TCP reset
    "slow",  # the request waits `delay` seconds, then is answered
    "held",  # the reply is made at once and comes after `delay` seconds: by then it may be out of date
    "drip",  # the reply comes bit by bit over `delay` seconds
    "html500",  # an error page with `status` (500)
    "html200",  # a login page with status 200
    "404_html",  # an error page with status 404
    "error",  # an error in JSON with `status` (500)
    "401",
    "403",
    "404",  # in JSON, as Netigate says that something does not exist
    "429",  # with `retry_after` (seconds or text) or `retry_after_date` (seconds from now), or with neither
    "error200",  # an error in JSON, `status` (500) inside, with HTTP status 200
    "truncated",  # half of the reply, with a Content-Length that agrees
    "cut",  # half of the reply that Content-Length promised, then the connection is closed
    "empty",  # status 200 and no body
    "bom",  # a byte order mark before the JSON
    "wrapped",  # an object comes as an array of one
    "unwrapped",  # an array of one comes as the object
    "malformed_set",  # one answer set, `set` or the first, is nonsense of the sort `form`
)
FORMS: Final = ("bad_id", "no_id", "string", "null", "number", "bad_date", "bad_answers", "bad_answer")


class BadFaultError(ValueError):
    """A fault that cannot be; the text says what is wrong."""


@dataclass(slots=True)
class Fault:
    """One fault. It ends after `count` requests or `seconds`, whichever comes first; without both, when lifted."""

    kind: str
    path: str = ""  # a regular expression, searched in what follows the base path, query included
    count: int | None = None
    skip: int = 0  # how many requests that it would hit pass first
    seconds: float | None = None
    delay: float = 0.0
    status: int | None = None
    retry_after: int | str | None = None
    retry_after_date: float | None = None
    set: int | None = None
    form: str = "bad_id"
    id: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)
    waiting: int = field(default=0, init=False)  # requests that this fault keeps waiting now
    lifted: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    ends: float | None = field(default=None, init=False)  # time.monotonic()
    gate: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @classmethod
    def parse(cls, wanted: dict[str, Any]) -> Fault:
        """Read a fault from JSON. Raises BadFaultError."""
        known = {name: wanted[name] for name in wanted if name in _READ}
        if unknown := sorted(wanted.keys() - _READ.keys()):
            raise BadFaultError(f"unknown fields: {', '.join(unknown)}")
        for name, value in known.items():
            if value is not None and (not isinstance(value, _READ[name]) or isinstance(value, bool)):
                raise BadFaultError(f"{name} is of the wrong type")
        if known.get("kind") not in KINDS:
            raise BadFaultError(f"kind must be one of {', '.join(KINDS)}")
        if known.get("form", FORMS[0]) not in FORMS:
            raise BadFaultError(f"form must be one of {', '.join(FORMS)}")
        try:
            re.compile(known.get("path", ""))
        except re.error as error:
            raise BadFaultError(f"path is no regular expression: {error}") from None
        return cls(**{name: value for name, value in known.items() if value is not None})

    def wait(self) -> None:
        """Wait for `delay` seconds, or until the fault is lifted."""
        with self.gate:
            self.waiting += 1
        self.lifted.wait(self.delay)
        with self.gate:
            self.waiting -= 1

    def shown(self) -> dict[str, Any]:
        hidden = {"lifted", "ends", "gate"}
        return {name: getattr(self, name) for name in self.__slots__ if name not in hidden}


# What a test may give, with its type; a whole number will do for any.
_READ: Final[dict[str, Any]] = {
    name: hint | int if hint in {float, float | None} else hint
    for name, hint in get_type_hints(Fault).items()
    if name in {one.name for one in fields(Fault) if one.init}
}


class FaultBook:
    """The faults that are on. Several may hit one request: each changes what the one before it made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            fault.id = next(self._numbers)
            fault.ends = None if fault.seconds is None else time.monotonic() + fault.seconds
            self._faults.append(fault)
            return fault

    def lift(self, number: int | None = None) -> int:
        """End one fault, or all; requests that it keeps waiting are answered at once. Gives how many ended."""
        with self._lock:
            ended = [fault for fault in self._faults if number in {None, fault.id}]
            self._faults = [fault for fault in self._faults if number not in {None, fault.id}]
        for fault in ended:
            fault.lifted.set()
        return len(ended)

    def active(self) -> list[Fault]:
        with self._lock:
            self._drop_ended()
            return list(self._faults)

    def take(self, target: str) -> list[Fault]:
        """Give the faults that hit this request, and count the hit for each."""
        with self._lock:
            self._drop_ended()
            return [fault for fault in self._faults if re.search(fault.path, target) and self._hit(fault)]

    def _hit(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        fault.hits += 1
        return True

    def _drop_ended(self) -> None:
        now = time.monotonic()
        self._faults = [
            fault
            for fault in self._faults
            if (fault.ends is None or now < fault.ends) and (fault.count is None or fault.hits < fault.count)
        ]
