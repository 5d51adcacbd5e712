"""The same answer by FastAPI: ready bytes out of Redis behind a key check, for uvicorn."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated

import redis
import redis.asyncio
from fastapi import Depends, FastAPI, HTTPException, Response, Security
from fastapi.security import APIKeyHeader

KEY = os.environ["BENCH_KEY"]
PREFIX = "bench-fa:"
app = FastAPI(openapi_url=None)
client = redis.asyncio.from_url(os.environ["REDIS_URL"])


def known(authorization: Annotated[str, Security(APIKeyHeader(name="Authorization"))]) -> None:
    if not secrets.compare_digest(authorization.removeprefix("Bearer "), KEY):
        raise HTTPException(401)


@app.get("/v1/customers/{customer_id}/satisfaction", dependencies=[Depends(known)])
async def satisfaction(customer_id: str) -> Response:
    body = await client.get(PREFIX + customer_id)
    if body is None:
        raise HTTPException(404)
    return Response(body, media_type="application/json")


def fill(customers: list[str]) -> None:
    """The ready bytes of each customer."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    with redis.from_url(os.environ["REDIS_URL"]) as store:
        store.mset({PREFIX + customer: body for customer in customers})
