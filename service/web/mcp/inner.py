"""Asks one of the service's own routes on behalf of the request at hand.

So a tool has the route's scope, schemas, problems and log line.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from flask import Flask, g, request

from service.web.auth import ADMITTED, WITHHELD

if TYPE_CHECKING:
    from flask import Response

    from service.web.mcp.tools import Asked

# Headers of the outer request that the route needs, above all the caller's key and the trace.
HANDED_ON: Final = ("HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_USER_AGENT")


class InnerRoutes:
    """The routes of the application that serves the outer request."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def ask(self, asked: Asked, *, withheld: frozenset[str]) -> Response:
        """The route's response. The outer request was counted already, so this one is not.

        withheld: scopes that the route must not use although the key has them.
        """
        outer = request.environ
        kept = {name: value for name, value in outer.items() if name.startswith(("SERVER_", "REMOTE_", "wsgi."))}
        kept |= {name: outer[name] for name in HANDED_ON if name in outer}
        environ = kept | {
            "REQUEST_METHOD": asked.method,
            "SCRIPT_NAME": outer.get("SCRIPT_NAME", ""),
            "PATH_INFO": asked.path.encode().decode("latin-1"),  # as WSGI writes it
            "QUERY_STRING": asked.query,
            "CONTENT_TYPE": "application/json" if asked.body else "",
            "CONTENT_LENGTH": str(len(asked.body)),
            "HTTP_X_REQUEST_ID": g.request_id,
            "wsgi.input": io.BytesIO(asked.body),
            ADMITTED: True,
            WITHHELD: withheld,
        }
        with self._app.request_context(environ):
            return self._app.full_dispatch_request()
