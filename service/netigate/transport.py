"""The only sender: one GET over a pooled session, within a deadline. Everything that fails is UnavailableError."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from service.netigate.deadline import BoundedSession, within
from service.survey.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.netigate.policy import Policy
    from service.netigate.protocol import Request
    from service.ports import Clock

KEY_HEADER = "X-API-KEY"
CONNECTIONS = 10  # kept open to one host
_PIECE = 64 * 1024  # bytes asked of the socket at a time


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over the wire, unpacked, not judged."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _KeyAuth(AuthBase):
    """The key as the session's own authentication: else requests would add what .netrc holds for the host."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers[KEY_HEADER] = self._key
        return prepared


def open_session(api_key: str) -> requests.Session:
    """Make a session that sends the key and keeps no cookies. Raises ValueError for a key that no header may hold."""
    if not (api_key.isascii() and api_key.isprintable() and api_key.strip() == api_key and api_key):
        raise ValueError("the API key is empty or holds what no header may")
    session = BoundedSession(_KeyAuth(api_key), connections=CONNECTIONS)
    session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "netigate-results"})
    return session


class Transport:
    """GETs under one base URL, which includes `/api/v1.2`. Raises ValueError for anything but http and https."""

    def __init__(self, session: requests.Session, base_url: str, clock: Clock) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("the base URL is not an http or https address")
        self._session = session
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._proxies = _NO_PROXY if _is_loopback(parts.hostname) else None

    def get(self, request: Request, *, policy: Policy, deadline: float) -> Reply:
        """Fetch one reply, whatever it says. `deadline` is the clock's monotonic. Raises only UnavailableError."""

        def left() -> float:
            return deadline - self._clock.monotonic()

        remaining = left()
        if remaining <= 0:
            raise UnavailableError(request.route, cause="budget")
        try:
            with (
                within(lambda: min(policy.read_timeout, left())),
                self._session.get(
                    self._base_url + request.path,
                    timeout=(min(policy.connect_timeout, remaining), min(policy.read_timeout, remaining)),
                    proxies=self._proxies,  # type: ignore[arg-type]  # requests takes None for "no proxy"
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                body = _unpacked(response, request, policy)
                return Reply(response.status_code, response.headers, body)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError, zlib.error) as error:
            # From None: these exceptions hold the address, and some the headers that were to be sent.
            raise UnavailableError(request.route, cause=_cause(error) if left() > 0 else "budget") from None


# A proxy that the environment names for the outside world cannot reach a stand-in on this machine.
_NO_PROXY: Final = {"http": None, "https": None, "all": None}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unpacked(response: requests.Response, request: Request, policy: Policy) -> bytes:
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise UnavailableError(request.route, cause="encoding")
    gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if packing.endswith("gzip") else None
    body = bytearray()
    # Not requests' own iteration: it waits for a full piece, and unpacks without a limit.
    while piece := response.raw.read1(_PIECE, decode_content=False):
        body += gzip.decompress(piece, policy.largest_body + 1 - len(body)) if gzip else piece
        if len(body) > policy.largest_body:
            raise UnavailableError(request.route, cause="too_large")
    if gzip and body and not gzip.eof:
        raise UnavailableError(request.route, cause="truncated")
    return bytes(body)


_CAUSES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (NameResolutionError, "dns"),
    (NewConnectionError, "connection"),  # before the time-outs: urllib3 makes it one of them
    (requests.exceptions.ProxyError, "proxy"),
    (ProxyError, "proxy"),
    (requests.exceptions.SSLError, "tls"),
    (SSLError, "tls"),
    (requests.exceptions.ConnectTimeout, "connect_timeout"),
    (ConnectTimeoutError, "connect_timeout"),
    (requests.exceptions.Timeout, "timeout"),
    (ReadTimeoutError, "timeout"),
    (TimeoutError, "timeout"),
    (zlib.error, "truncated"),
)


def _cause(error: BaseException) -> str:
    """One word for what went wrong, from the error or from what it wraps (requests keeps urllib3's in `args`)."""
    inner = error.args[0] if error.args else None
    chain = (getattr(inner, "reason", None), error, inner)
    return next((word for kind, word in _CAUSES for link in chain if isinstance(link, kind)), "connection")
