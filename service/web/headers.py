"""Headers that every response carries, and a bound on what a request may bring."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Final

from flask import abort, request

from service.web.application import Prepared

if TYPE_CHECKING:
    from flask import Flask, Response

LARGEST_BODY: Final = 1 << 20  # bytes; nothing longer than an `explain` of 32,768 characters means anything
LONGEST_FIELD: Final = 8190  # characters of a header; gunicorn has the same bound, granian one for all headers together
# For documents and problems. A page that needs more sets its own policy, which also says who may frame it.
POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
FRAMED_BY_NOBODY: Final = ("X-Frame-Options", "DENY")
COMPLETE: Final = (FRAMED_BY_NOBODY, *ALWAYS.items())  # for a response that sets none of these itself


def install_headers(app: Flask) -> None:
    """Add the headers that a response does not set itself, and refuse requests beyond the bounds."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY

    @app.before_request
    def bound() -> None:
        environ = request.environ
        if environ["PATH_INFO"].startswith("//"):
            # Werkzeug would take it for "/": `//metrics` would pass a proxy that keeps `/metrics` from the outside.
            abort(http.HTTPStatus.NOT_FOUND)
        if any(_is_field(name) and len(value) > LONGEST_FIELD for name, value in environ.items()):
            abort(http.HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    @app.after_request
    def protect(response: Response) -> Response:
        if isinstance(response, Prepared):
            return response  # made with all of them
        if "Content-Security-Policy" not in response.headers:
            response.headers.set(*FRAMED_BY_NOBODY)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response


def _is_field(name: str) -> bool:
    """Whether a name of the WSGI environment is a header's."""
    return name.startswith("HTTP_") or name == "CONTENT_TYPE"
