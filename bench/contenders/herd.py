"""One cold answer by each library, as in its documentation: a view over an upstream that HERD_UPSTREAM names."""

from __future__ import annotations

import os

import redis
import requests
from flask import Flask, Response

UPSTREAM, URL, LIBRARY = os.environ["HERD_UPSTREAM"], os.environ["REDIS_URL"], os.environ["HERD_LIBRARY"]
EXPIRES = 60
app = Flask(__name__)


def fetch(identifier: str) -> bytes:
    return requests.get(f"{UPSTREAM}/{identifier}", timeout=30).content


def by_flask_caching():
    from flask_caching import Cache  # noqa: PLC0415  (of one library alone)

    cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": URL, "CACHE_DEFAULT_TIMEOUT": EXPIRES})
    return cache.memoize()(fetch)


def by_requests_cache():
    from requests_cache import CachedSession, RedisCache  # noqa: PLC0415

    backend = RedisCache("herd", connection=redis.Redis.from_url(URL))
    session = CachedSession(backend=backend, expire_after=EXPIRES, stale_while_revalidate=True, stale_if_error=True)
    return lambda identifier: session.get(f"{UPSTREAM}/{identifier}", timeout=30).content


def by_dogpile():
    from dogpile.cache import make_region  # noqa: PLC0415

    # Its lock over processes is off unless asked for.
    arguments = {"url": URL, "distributed_lock": True, "thread_local_lock": False, "lock_timeout": 30}
    region = make_region().configure("dogpile.cache.redis", expiration_time=EXPIRES, arguments=arguments)
    return region.cache_on_arguments()(fetch)


answer = {"flask-caching": by_flask_caching, "requests-cache": by_requests_cache, "dogpile.cache": by_dogpile}[
    LIBRARY
]()


@app.get("/<identifier>")
def view(identifier: str) -> Response:
    return Response(answer(identifier), content_type="application/json")
