"""The same answer by dogpile.cache: a cached function behind a view."""

from __future__ import annotations

import os
from pathlib import Path

from dogpile.cache import make_region
from flask import Flask, Response

app = Flask(__name__)
BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
region = make_region().configure(
    "dogpile.cache.redis", expiration_time=86_400, arguments={"url": os.environ["REDIS_URL"]}
)


@region.cache_on_arguments(namespace="bench-dp")
def document(customer_id: str) -> bytes:  # noqa: ARG001  (the same bytes for everybody)
    return BODY


@app.get("/v1/customers/<customer_id>/satisfaction")
def satisfaction(customer_id: str) -> Response:
    return Response(document(customer_id), content_type="application/json")
