"""Logs: one JSON line for each event, on standard error; never a value that a customer or Netigate gave.

Of an error, its types and places are logged. Its text and its frames' variables are left out: they can hold answers.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

# Values on every line of a request. One variable: structlog's own, one per name, cost more than writing the line.
ABOUT: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))
_FORMAT = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
DEEPEST = 12  # most frames of an error that are logged, the innermost ones, and most links of its chain
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
# gunicorn writes request lines, and with them customers' IDs, into these.
_UNSAFE = {
    "Invalid request": "request_invalid",
    "Error handling request": "request_broke",
    "Error processing": "request_broke",
    "Ignoring EPIPE": "client_gone",
}


def fault(error: BaseException) -> dict[str, Any]:
    """An error as data: the types along its chain, and the innermost places of its own traceback."""
    kinds: list[str] = []
    link: BaseException | None = error
    while link is not None and len(kinds) < DEEPEST:
        kinds.append(type(link).__name__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return {"kinds": kinds, "at": [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]}


def _place(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_PACKAGE_PARENT):
        return str(path.relative_to(_PACKAGE_PARENT))
    return "/".join(path.parts[-2:])


def _line(_logger: object, method: str, event: MutableMapping[str, Any]) -> bytes:
    """A line as it is written. One step: calling structlog's own one after the other took longer than their work."""
    for name, value in ABOUT.get().items():
        event.setdefault(name, value)
    event["level"] = "error" if method == "exception" else method
    event["timestamp"] = datetime.now(UTC)
    given = event.pop("exc_info", None)
    if given and not isinstance(given, BaseException):
        given = (given if isinstance(given, tuple) else sys.exc_info())[1]
    if isinstance(given, BaseException):
        event["fault"] = fault(given)
    return orjson.dumps(event, default=lambda value: type(value).__name__, option=_FORMAT)


class JsonFormatter(logging.Formatter):
    """Lines of libraries. Only numbers are put into their templates; anything else could be a customer's."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "event": _template(record),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info and record.exc_info[1] is not None:
            event["fault"] = fault(record.exc_info[1])
        return orjson.dumps(event).decode()


def _template(record: logging.LogRecord) -> str:
    message = str(record.msg)
    for start, word in _UNSAFE.items():
        if message.startswith(start):
            return word
    args = record.args if isinstance(record.args, tuple) else ()
    if args and all(isinstance(arg, int | float) for arg in args):
        return record.getMessage()
    return message


def _server_logs(errors: str, access: str) -> dict[str, Any]:
    """Configure a web server's loggers, whose own handlers would write plain text."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "service.observability.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            errors: {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
            access: {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }


GUNICORN = _server_logs("gunicorn.error", "gunicorn.access")
GRANIAN = _server_logs("_granian", "granian.access")


class _Sink:
    """Where lines go. Loggers are cached, so the stream, which may change, is looked up here.

    A line that cannot be written (disk full, reader gone) is dropped, and its request goes on.
    """

    def __init__(self) -> None:
        self.stream: BinaryIO | None = None

    def write(self, line: bytes) -> int:
        stream = self.stream or sys.stderr.buffer
        with contextlib.suppress(OSError, ValueError):
            stream.write(line)
            stream.flush()
        return len(line)

    def flush(self) -> None:
        """Nothing: `write` has seen to it."""


_sink = _Sink()


def configure(stream: BinaryIO | None = None) -> None:
    """Set up this process's logs; `stream` is standard error unless a test says otherwise."""
    _sink.stream = stream
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(cast("BinaryIO", _sink)),
        # Caching halves the cost of a line. Not in tests, so that the next one's stream and processors take effect.
        cache_logger_on_first_use=stream is None,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
