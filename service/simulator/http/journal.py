"""What was asked of the simulator, and what should never have been asked."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from typing import Any, Final

from service.simulator.constants import BASE_PATH

_REMEMBERED: Final = 20_000
OTHER: Final = "other"

# The documented reads, spelled again on purpose: a second list that a mistake in the routes cannot change.
_TEMPLATES: Final = (
    "/surveys",
    "/surveys/{s}",
    "/surveys/{s}/questions",
    "/surveys/{s}/answers",
    "/surveys/{s}/answersWithData",
    "/surveys/{s}/answers/{a}",
    "/surveys/{s}/answers/respondent/{r}",
    "/surveys/{s}/sendouts",
    "/surveys/{s}/sendouts/{d}",
    "/surveys/{s}/sendouts/{d}/respondents",
    "/surveys/{s}/sendouts/{d}/labels",
    "/bgdata/bgdocuments",
    "/bgdata/bgdocuments/{b}/labels",
)
_PATTERNS: Final = [
    (template, re.compile(re.sub(r"\\{.\\}", r"-?\\d+", re.escape(template)))) for template in _TEMPLATES
]


def template_of(path: str) -> str:
    """The template of the documented read that a path (after the base path) matches, else `other`."""
    return next((template for template, pattern in _PATTERNS if pattern.fullmatch(path)), OTHER)


class Entry:
    """One request. `status` is None while it is being answered, or where it got no answer."""

    __slots__ = ("at", "method", "path", "query", "seconds", "status", "template")

    def __init__(self, method: str, path: str, query: str) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.template = template_of(path) if method == "GET" else OTHER
        self.at = time.time()
        self.seconds: float | None = None
        self.status: int | None = None

    @property
    def violation(self) -> bool:
        """Whether it would have written something, or is no documented read."""
        return self.template == OTHER

    def shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class Journal:
    """Counts and remembers requests. Never holds a key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._counts: Counter[str] = Counter()
            self._statuses: Counter[str] = Counter()
            self._recent: deque[Entry] = deque(maxlen=_REMEMBERED)
            self._violations: list[Entry] = []
            self._most = self._inside

    def enter(self, method: str, target: str) -> Entry:
        """Note that a request came in."""
        path, _, query = target.partition("?")
        entry = Entry(method, path.removeprefix(BASE_PATH), query)
        with self._lock:
            self._inside += 1
            self._most = max(self._most, self._inside)
            self._counts[entry.template] += 1
            self._recent.append(entry)
            if entry.violation:
                self._violations.append(entry)
        return entry

    def leave(self, entry: Entry, status: int | None) -> None:
        """Note how it was answered; None where it was not."""
        with self._lock:
            self._inside -= 1
            entry.seconds = round(time.time() - entry.at, 4)
            entry.status = status
            self._statuses[str(status)] += 1

    def shown(self, last: int) -> dict[str, Any]:
        """Everything, with the `last` requests one by one, oldest first."""
        with self._lock:
            recent = list(self._recent)
            return {
                "total": sum(self._counts.values()),
                "counts": dict(self._counts),
                "statuses": dict(self._statuses),
                "in_flight": self._inside,
                "max_concurrent": self._most,
                "violations": [entry.shown() for entry in self._violations],
                "requests": [entry.shown() for entry in recent[max(0, len(recent) - last) :]],
            }
