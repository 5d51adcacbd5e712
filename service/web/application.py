"""Flask, less what a service of documents does not use: sessions, coroutines, and headers worked out at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import Flask, Response
from flask.sessions import SecureCookieSession, SessionInterface
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Request

T = TypeVar("T")
BODILESS = 304


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


class NoSessions(SessionInterface):
    """There are no cookies."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:  # noqa: ARG002  (Flask's)
        return _NO_SESSION

    def is_null_session(self, obj: object) -> bool:
        return obj is _NO_SESSION


_NO_SESSION = SecureCookieSession()


class DocumentApp(Flask):
    """A Flask application whose views are plain functions and whose callers bring no cookies."""

    session_interface = NoSessions()
    # Answers some requests before Flask makes a context for them; None where there is none to take them.
    express: Callable[[WSGIEnvironment], Response | None] | None = None

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self.express(environ) if self.express is not None else None
        if response is not None:
            return response(environ, start_response)
        return super().wsgi_app(environ, start_response)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        # Asked of every hook and view at every request, whether it is a coroutine; none is.
        return func
