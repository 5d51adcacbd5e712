"""/docs: the contract to try out, offline: Swagger UI's files from a package, our own page, no inline script."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from flask import Blueprint, Response, abort, request

# Swagger UI draws its arrows from data: images. It sets styles by script, which the policy does not restrict.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>netigate-results: API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START: Final = """SwaggerUIBundle({
  url: "openapi.yaml",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
});
"""
FROM_PACKAGE: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
CACHE_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page, packed once: the script is 1.7 MB plain."""

    body: bytes
    packed: bytes
    mime: str
    etag: str


@cache
def _load(name: str) -> File:
    body = START.encode() if name == "start.js" else (files("flask_swagger_ui") / "dist" / name).read_bytes()
    mime = FROM_PACKAGE.get(name, "text/javascript; charset=utf-8")
    return File(body, gzip.compress(body, 6, mtime=0), mime, sha256(body).hexdigest()[:16])


def docs_blueprint() -> Blueprint:
    """/docs and its files."""
    routes = Blueprint("docs", __name__)

    @routes.get("/docs")
    def page() -> Response:
        response = Response(PAGE, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @routes.get("/docs/")
    def slashed() -> Response:
        return Response(status=308, headers={"Location": "../docs"})

    @routes.get("/docs/<name>")
    def asset(name: str) -> Response:
        if name != "start.js" and name not in FROM_PACKAGE:
            abort(404)
        found = _load(name)
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.packed if packed else found.body, content_type=found.mime)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
        response.set_etag(found.etag)
        response.make_conditional(request)
        return response

    return routes
