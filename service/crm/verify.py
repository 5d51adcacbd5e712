"""What the hosts' verifications share: errors, constant-time comparison, JWTs with one fixed algorithm."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from typing import TYPE_CHECKING, Any, Literal

import jwt

from service.survey.errors import ServiceError
from service.survey.identity import asked_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from flask import Request
    from werkzeug.datastructures import MultiDict

Code = Literal["missing", "size", "malformed", "signature", "timestamp", "expired", "account"]

LEEWAY_SECONDS = 60  # a host's clock may run ahead of ours; every host's own window is five minutes or more
MAX_TOKEN_LENGTH = 8192  # characters; the hosts' tokens have less than 2,000
MAX_TIMESTAMP_DIGITS = 15  # milliseconds since 1970 have 13

# Times are checked here against the given `now`; PyJWT would read the machine's clock.
_JWT_OPTIONS: dict[str, Any] = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_sub": False,
    "verify_jti": False,
    "enforce_minimum_key_length": True,
}


class HostError(ServiceError):
    """A host's request that is refused. `language` is the reader's, if the host has signed it; else empty."""

    def __init__(self, host: str, word: str, language: str) -> None:
        super().__init__(f"{host}: {word}")
        self.host = host
        self.word = word
        self.language = language


class HostRejectedError(HostError):
    """The request is not the host's, or not fresh. `code` is for logs and metrics, never for the sender."""

    def __init__(self, host: str, code: Code, language: str = "") -> None:
        super().__init__(host, code, language)
        self.code: Code = code


class HostRequestError(HostError):
    """The host signed it, but `field` does not name a customer: a mistake in the set-up, no forgery."""

    def __init__(self, host: str, field: str, language: str = "") -> None:
        super().__init__(host, field, language)
        self.field = field


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare in constant time; text is compared as UTF-8, so that no character raises."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def hmac_sha256_base64(secret: str, message: bytes) -> str:
    """HMAC-SHA256 in standard base64 with padding, as HubSpot and Salesforce write it."""
    return base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


def check_age(host: str, milliseconds: str, now: datetime, *, window_seconds: int) -> None:
    """Refuse a timestamp (digits, milliseconds since 1970) older than the window, or from the future."""
    plain = milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= MAX_TIMESTAMP_DIGITS
    # A leading zero could come from the signed text before the timestamp: `…=C-10` would pass as `…=C-1`.
    if not plain or milliseconds.startswith("0"):
        raise HostRejectedError(host, "timestamp")
    age = now.timestamp() - int(milliseconds) / 1000
    if not -LEEWAY_SECONDS <= age <= window_seconds:
        raise HostRejectedError(host, "timestamp")


def jwt_claims(
    host: str,
    token: str,
    key: str | RSAPublicKey,
    *,
    algorithm: Literal["HS256", "RS256"],
    now: datetime,
    audience: str | None = None,
    window_seconds: int | None = None,
) -> dict[str, Any]:
    """Read the claims of a valid JWT. Only `algorithm` is accepted, whatever the token's header says.

    A token must expire: at its `exp` or, where `window_seconds` is given, that long after its `iat`.
    Raises HostRejectedError.
    """
    if not token:
        raise HostRejectedError(host, "missing")
    if len(token) > MAX_TOKEN_LENGTH:
        raise HostRejectedError(host, "size")
    options = {**_JWT_OPTIONS, "verify_aud": audience is not None, "require": ["aud"] if audience else []}
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm], audience=audience, options=options)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        # ValueError: characters beyond ASCII. RecursionError: brackets within brackets in the header.
        raise HostRejectedError(host, "signature") from error
    _check_times(host, claims, now.timestamp(), window_seconds)
    return claims


def _check_times(host: str, claims: Mapping[str, Any], now: float, window_seconds: int | None) -> None:
    starts = [moment for name in ("nbf", "iat") if (moment := _moment(host, claims, name)) is not None]
    end = _moment(host, claims, "exp")
    issued = _moment(host, claims, "iat")
    if end is None and window_seconds is not None and issued is not None:
        end = issued + window_seconds
    if end is None or now >= end + LEEWAY_SECONDS:
        raise HostRejectedError(host, "expired")
    if any(start > now + LEEWAY_SECONDS for start in starts):
        raise HostRejectedError(host, "timestamp")


def _moment(host: str, claims: Mapping[str, Any], name: str) -> float | None:
    """Seconds since 1970 (NumericDate of RFC 7519)."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise HostRejectedError(host, "malformed")
    return value


def only(values: MultiDict[str, str], name: str) -> str:
    """Read a parameter that was given once; else "": of two values, signer and reader might use different ones."""
    found = values.getlist(name)
    return found[0] if len(found) == 1 else ""


def customer(host: str, text: str, field: str = "customer_id", language: str = "") -> str:
    """The customer's ID as the service stores it. Raises HostRequestError."""
    cleaned = asked_id(text)
    if cleaned is None:
        raise HostRequestError(host, field, language)
    return cleaned


def bound(request: Request, size: int) -> None:
    """Let the framework refuse (413) a body of more than `size` bytes, before it is read."""
    request.max_content_length = size
    request.max_form_memory_size = size


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
