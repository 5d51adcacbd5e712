"""Flask alone: one view that returns bytes it holds already."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


@app.get("/v1/customers/<customer_id>/satisfaction")
def satisfaction(customer_id: str) -> Response:  # noqa: ARG001  (the same bytes for everybody)
    return Response(BODY, content_type="application/json")
