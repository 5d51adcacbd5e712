"""The same answer by flask-caching, as in its documentation: a cached view."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response
from flask_caching import Cache

app = Flask(__name__)
BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
cache = Cache(
    app,
    config={
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": os.environ["REDIS_URL"],
        "CACHE_KEY_PREFIX": "bench-fc:",
        "CACHE_DEFAULT_TIMEOUT": 86_400,
    },
)


@app.get("/v1/customers/<customer_id>/satisfaction")
@cache.cached()
def satisfaction(customer_id: str) -> Response:  # noqa: ARG001  (the same bytes for everybody)
    return Response(BODY, content_type="application/json")
