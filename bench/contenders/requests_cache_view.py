"""The same answer by requests-cache: the upstream's reply, cached, passed on."""

from __future__ import annotations

import io
import os
from pathlib import Path

import redis
import requests
from flask import Flask, Response
from requests_cache import CachedSession, RedisCache
from urllib3 import HTTPResponse

app = Flask(__name__)
BODY = Path(os.environ["BENCH_BODY"]).read_bytes()


class Upstream(requests.adapters.BaseAdapter):
    """An upstream that answers at once; asked once for each customer."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        raw = HTTPResponse(io.BytesIO(BODY), {"Content-Type": "application/json"}, 200, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


store = RedisCache("bench-rc", connection=redis.Redis.from_url(os.environ["REDIS_URL"]))
session = CachedSession(backend=store, expire_after=86_400)
session.mount("http://upstream", Upstream())


@app.get("/v1/customers/<customer_id>/satisfaction")
def satisfaction(customer_id: str) -> Response:
    return Response(session.get(f"http://upstream/{customer_id}").content, content_type="application/json")
