"""Flask, with responses that are complete when they are made and bodies that cannot hold every thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar, cast

from flask import Flask, Response
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any
    from wsgiref.types import InputStream, StartResponse, WSGIEnvironment

T = TypeVar("T")
BODILESS = 304
BODY_READERS = 4  # of the 8 threads that a process has unless WEB_THREADS says otherwise
READER_WAITS = 0.005  # seconds; a body that has come is read in far less


class Lines(Headers):
    """Headers that are all of our own making: taken as they are, without a look for line breaks in each."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__()
        self._list = lines


class Prepared(Response):
    """A response that is complete: its headers are sent as given. Hooks may still add to them.

    `outcome` is what `Cache-Status` says, so that whoever counts it need not look for it.
    """

    def __init__(self, body: bytes, status: int, lines: list[tuple[str, str]], outcome: str) -> None:
        if status != BODILESS:
            lines.append(("Content-Length", str(len(body))))
        # In a list: Werkzeug counts the length of bytes alone once more, and looks through all lines to say so.
        super().__init__([body], status=status, headers=Lines(lines))
        self.outcome = outcome

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        if self.status_code == BODILESS or environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return self.response  # type: ignore[return-value]  # the one body that it was made of


class Body:
    """A request's body, whose faults are the client's: broken chunks, a connection that ends too soon."""

    def __init__(self, stream: InputStream, readers: threading.BoundedSemaphore) -> None:
        self._stream = stream
        self._readers = readers

    def _ask(self, method: str, *arguments: int) -> Any:  # noqa: ANN401  (bytes, or a list of them)
        if not self._readers.acquire(timeout=READER_WAITS):
            raise ServiceUnavailable(retry_after=1)
        try:
            return getattr(self._stream, method)(*arguments)
        except Exception as error:  # each server has its own kinds
            raise BadRequest from error
        finally:
            self._readers.release()

    def read(self, *size: int) -> bytes:
        return cast("bytes", self._ask("read", *size))

    def readline(self, *size: int) -> bytes:
        return cast("bytes", self._ask("readline", *size))

    def readlines(self, *hint: int) -> list[bytes]:
        return cast("list[bytes]", self._ask("readlines", *hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


class DocumentApp(Flask):
    """A Flask application that answers one kind of request by a shorter way, and bounds who waits for a body."""

    # How many bodies are waited for at once: a client that stops within its body holds a thread, and may not hold all.
    readers = threading.BoundedSemaphore(BODY_READERS)
    # Answers some requests before Flask makes a context for them; None where there is none to take them.
    express: Callable[[WSGIEnvironment], Response | None] | None = None

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self.express(environ) if self.express is not None else None
        if response is not None:
            return response(environ, start_response)
        environ["wsgi.input"] = Body(environ["wsgi.input"], self.readers)
        return super().wsgi_app(environ, start_response)
