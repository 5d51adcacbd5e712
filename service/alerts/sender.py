"""The only sender of alerts: one POST within a deadline. Only the status counts; a reply cut short is none."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from service.alerts.addresses import is_loopback
from service.netigate.deadline import BoundedSession, within
from service.netigate.protocol import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock

CONNECT: Final = 3.0  # seconds
LONGEST: Final = 10.0  # seconds for a whole try
MOST_READ: Final = 64 * 1024  # bytes of a reply
_NO_PROXY: Final = {"http": None, "https": None, "all": None}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a destination answered. `status`: None if nothing; `cause` says why. `asked`: Retry-After in seconds."""

    status: int | None
    cause: str
    asked: float = 0.0


def _as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """An authentication that adds nothing: without one, requests would add what .netrc holds for the host."""
    return prepared


class Sender:
    """POSTs JSON. The environment's proxies are used only where `proxies` says so, and never for this machine."""

    def __init__(self, clock: Clock, *, proxies: bool = False) -> None:
        self._clock = clock
        self._proxies = proxies

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """One try, of at most LONGEST seconds. A failure is returned as a Reply too."""
        ends = self._clock.monotonic() + LONGEST

        def left() -> float:
            return ends - self._clock.monotonic()

        direct = not self._proxies or is_loopback(urlsplit(url).hostname or "")
        try:
            with (
                within(left),
                _session() as session,
                session.post(
                    url,
                    data=body,
                    headers={"Content-Type": "application/json", **headers},
                    timeout=(CONNECT, LONGEST),
                    proxies=_NO_PROXY if direct else None,  # type: ignore[arg-type]  # None means "no proxy"
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                _pass_over(response)
                asked = retry_after(response.headers, self._clock.now())
                return Reply(response.status_code, str(response.status_code), asked)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            # The error's text holds the address, which is a secret.
            return Reply(None, _cause(error))


def _pass_over(response: requests.Response) -> None:
    """Read a reply to its end or MOST_READ bytes: one that breaks off or hangs half-way may be no real answer."""
    read = 0
    while read < MOST_READ and (piece := response.raw.read(min(4096, MOST_READ - read), decode_content=False)):
        read += len(piece)


def _session() -> BoundedSession:
    """A new session for each try: messages are rare, and a connection kept for hours is dead by then."""
    session = BoundedSession(_as_it_is, connections=1)
    session.headers.update({"User-Agent": "netigate-results", "Accept": "*/*", "Accept-Encoding": "identity"})
    return session


_CAUSES: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (requests.exceptions.ProxyError, "proxy"),
    (requests.exceptions.SSLError, "tls"),
    (requests.exceptions.Timeout, "timeout"),
    (ReadTimeoutError, "timeout"),
    (TimeoutError, "timeout"),
)


def _cause(error: BaseException) -> str:
    return next((word for kind, word in _CAUSES if isinstance(error, kind)), "connection")
