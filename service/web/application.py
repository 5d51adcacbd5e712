"""Flask, with responses that are complete when they are made, and a limit on threads that wait for request bodies."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import InputStream, StartResponse, WSGIEnvironment

BODILESS = 304
BODY_READERS = 4  # of the 8 threads that a process has unless WEB_THREADS says otherwise
READER_WAITS = 0.005  # seconds for a place among them; a body that has arrived is read in far less


class Lines(Headers):
    """Headers that this service made itself: taken as they are, without checking each for line breaks."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__()
        self._list = lines


class Prepared(Response):
    """A response that is complete: its headers are sent as given. Hooks may still add to them.

    `outcome` is the value of `Cache-Status`, so that the metrics need not search the headers for it.
    """

    def __init__(self, body: bytes, status: int, lines: list[tuple[str, str]], outcome: str) -> None:
        if status != BODILESS:
            lines.append(("Content-Length", str(len(body))))
        # In a list: for plain bytes Werkzeug computes the length again, and searches all headers to set it.
        super().__init__([body], status=status, headers=Lines(lines))
        self.outcome = outcome

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, self.headers.to_wsgi_list())
        if self.status_code == BODILESS or environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return self.response  # type: ignore[return-value]  # the one body that it was made of


class Body:
    """A request's body, as far as Werkzeug uses it.

    Errors in reading it (broken chunks, a connection that ends too soon) raise BadRequest. Every read raises
    ServiceUnavailable while too many bodies are being read.
    """

    def __init__(self, stream: InputStream, readers: threading.BoundedSemaphore) -> None:
        self._stream = stream
        self._readers = readers

    def read(self, *size: int) -> bytes:
        if not self._readers.acquire(timeout=READER_WAITS):
            raise ServiceUnavailable(retry_after=1)
        try:
            return self._stream.read(*size)
        except Exception as error:  # each web server raises its own kinds
            raise BadRequest from error
        finally:
            self._readers.release()


class DocumentApp(Flask):
    """A Flask application with a fast path for one kind of request, and a limit on threads that wait for a body."""

    # How many bodies are read at once: a client that stalls within its body holds a thread, and may not hold them all.
    readers = threading.BoundedSemaphore(BODY_READERS)
    # The fast path, called before Flask makes a context; it returns None for requests that it does not answer.
    express: Callable[[WSGIEnvironment], Response | None] | None = None

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self.express(environ) if self.express is not None else None
        if response is not None:
            return response(environ, start_response)
        environ["wsgi.input"] = Body(environ["wsgi.input"], self.readers)
        return super().wsgi_app(environ, start_response)
