"""Card tokens: a JWT that opens one customer's summary for a short while. Pure; the time is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import jwt

from service.survey.identity import clean_id
from service.widget.options import MAX_LIFETIME_SECONDS, MIN_SECRET_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

AUDIENCE = "netigate-results"
ALGORITHM = "HS256"
LEEWAY_SECONDS = 5  # clocks of two data centres differ; more would lengthen every token
MAX_TOKEN_LENGTH = 4096  # characters; ours have some 250

# Times are checked here against `now`; PyJWT would read the machine's clock.
_OPTIONS: dict[str, Any] = {
    "require": ["aud", "exp", "sub"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "enforce_minimum_key_length": True,
}


class TokenError(Exception):
    """The token opens nothing. `code` is `expired` only for a token that was good until its time was over."""

    def __init__(self, code: Literal["expired", "invalid"]) -> None:
        super().__init__(code)
        self.code: Literal["expired", "invalid"] = code


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. `customer_id` is trimmed and in NFC; `expires_at` is UTC, without leeway."""

    customer_id: str
    scopes: frozenset[str]
    expires_at: datetime


def mint(secret: str, customer_id: str, *, scopes: Iterable[str], now: datetime, lifetime_seconds: int) -> str:
    """Mint a token for one customer. Raises ValueError for a secret under 32 bytes or an invalid ID."""
    if len(secret.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"The secret needs at least {MIN_SECRET_BYTES} bytes")
    subject = clean_id(customer_id)
    if subject is None:
        raise ValueError("The customer ID needs 1 to 200 characters")
    issued = int(now.timestamp())
    claims = {
        "aud": AUDIENCE,
        "sub": subject,
        "scope": " ".join(sorted(set(scopes))),
        "iat": issued,
        "exp": issued + lifetime_seconds,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def verify(token: str, secret: str, *, now: datetime) -> Claims:
    """Read a token that any back end may have minted with the secret. Raises TokenError."""
    payload = _payload(token, secret)
    customer_id = clean_id(payload["sub"]) if isinstance(payload["sub"], str) else None
    expires_at = _moment(payload["exp"])
    not_before = _moment(payload.get("nbf", 0))
    scope = payload.get("scope", "")
    if customer_id is None or expires_at is None or not_before is None or not isinstance(scope, str):
        raise TokenError("invalid")
    if (not_before - now).total_seconds() > LEEWAY_SECONDS:
        raise TokenError("invalid")
    if (expires_at - now).total_seconds() > MAX_LIFETIME_SECONDS + LEEWAY_SECONDS:
        raise TokenError("invalid")
    if (now - expires_at).total_seconds() >= LEEWAY_SECONDS:
        raise TokenError("expired")
    return Claims(customer_id, frozenset(scope.split()), expires_at)


def _payload(token: str, secret: str) -> dict[str, Any]:
    if not secret or len(token) > MAX_TOKEN_LENGTH:
        raise TokenError("invalid")
    try:
        return jwt.decode(token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, options=_OPTIONS)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        # ValueError: characters beyond ASCII. RecursionError: brackets within brackets in the header.
        raise TokenError("invalid") from error


def _moment(value: object) -> datetime | None:
    """Read a NumericDate (RFC 7519); None for anything that is no moment."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
