# ruff: noqa: INP001  (two files to copy, no package)
"""A card's token: JWT, HS256, for one customer (docs/widget.md). The standard library alone; Python 3.8 or newer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

AUDIENCE = "netigate-results"
MIN_SECRET_BYTES = 32


def mint(secret: str, customer_id: str, scopes: Iterable[str], now: float, lifetime_seconds: int) -> str:
    """Mint a token; `secret` is WIDGET_SECRET, `now` in seconds since 1970."""
    key = secret.encode()
    if len(key) < MIN_SECRET_BYTES:
        raise ValueError("WIDGET_SECRET needs at least 32 bytes")
    claims = {
        "aud": AUDIENCE,
        "sub": customer_id,
        "scope": " ".join(scopes),
        "iat": int(now),
        "exp": int(now) + lifetime_seconds,
    }
    text = b".".join(_part(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (text + b"." + _part(hmac.new(key, text, hashlib.sha256).digest())).decode()


def _part(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
