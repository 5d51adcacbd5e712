"""Reaches Netigate: how far a first call came, and what to do where it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from service.survey.errors import NotFoundError, RateLimitedError, RejectedError, UnavailableError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.commands.check.report import Report
    from service.netigate.client import Observe
    from service.ports import Upstream
    from service.survey.model import Survey

    Connect = Callable[[str, Observe], Upstream]

STEPS: Final = ("name found (DNS)", "connected", "encrypted (TLS)", "an API answers", "key accepted")
FAILED: Final = ("its name is not found (DNS)", "no connection", "no trusted encryption (TLS)", "no API answers")
_TLS, _API, _KEY = 2, 3, 4
# Cause → the step that failed, and what to do.
ADVICE: Final[dict[str, tuple[int, str]]] = {
    "dns": (0, "Check NETIGATE_BASE_URL for typing errors, and this machine's DNS."),
    "connection": (1, "A firewall may refuse it: allow outgoing HTTPS (443) to that host, or set HTTPS_PROXY."),
    "connect_timeout": (1, "A firewall may drop it: allow outgoing HTTPS (443) to that host, or set HTTPS_PROXY."),
    "proxy": (1, "The proxy of HTTPS_PROXY refuses or cannot be reached: check its address, user and password."),
    "tls": (2, "The certificate is not trusted: behind an inspecting proxy, set REQUESTS_CA_BUNDLE to your CA's file."),
    "timeout": (_API, "It was reached but did not answer in time: try again; Netigate is sometimes slow."),
    "budget": (_API, "It was reached but did not answer in time: try again; Netigate is sometimes slow."),
    "html": (
        _API,
        "A page came, no data: NETIGATE_BASE_URL must end in /api/v1.2; or a proxy asks for a login.",
    ),
    "redirect": (_API, "It answers with a redirect: NETIGATE_BASE_URL must be the https address, through /api/v1.2."),
}
ELSE: Final = (_API, "Try again; if it stays so, ask Netigate's support whether the API is up.")


@dataclass(slots=True)
class Stopwatch:
    """Times of calls, by route. Implements the client's `Observe`."""

    times: dict[str, list[float]] = field(default_factory=dict)

    def __call__(self, route: str, outcome: str, seconds: float, /) -> None:
        if outcome == "ok":
            self.times.setdefault(route, []).append(seconds)

    def median(self, route: str) -> float | None:
        return median(self.times[route]) if self.times.get(route) else None


@dataclass(frozen=True, slots=True)
class Reached:
    """An account that answers."""

    base_url: str
    upstream: Upstream
    surveys: tuple[Survey, ...]


def reach(
    report: Report, base_url: str, servers: Sequence[str], connect: Connect, stopwatch: Stopwatch
) -> Reached | None:
    """Try the server; where it refuses the key, try the other of `servers`. None where none accepts it."""
    host = urlsplit(base_url).hostname or ""
    if proxy := _proxy_of(base_url, host):
        report.note(f"calls go through the proxy {proxy}")
    report.progress(0, len(STEPS), f"asking {host}")
    try:
        upstream = connect(base_url, stopwatch)
        found = Reached(base_url, upstream, tuple(upstream.surveys()))
    except RejectedError:
        _tell(report, base_url, _KEY)
        return _elsewhere(report, base_url, servers, connect, stopwatch)
    except UpstreamError as error:
        _explain(report, base_url, error)
        return None
    _tell(report, base_url, len(STEPS))
    return found


def _elsewhere(
    report: Report, base_url: str, servers: Sequence[str], connect: Connect, stopwatch: Stopwatch
) -> Reached | None:
    create = "Check the key, or make a new one in Netigate (account settings, API), with access to the surveys."
    others = [server for server in servers if server != base_url] if base_url in servers else []
    for other in others:
        try:
            upstream = connect(other, stopwatch)
            found = Reached(other, upstream, tuple(upstream.surveys()))
        except RejectedError:
            continue
        except UpstreamError:
            report.note(f"{urlsplit(other).hostname}, the other server, could not be asked")
            continue
        report.bad("this server refuses the key; the account lives on the other one", f"Set NETIGATE_BASE_URL={other}")
        return found
    tried = "both servers refuse the key" if others else "the server refuses the key"
    report.bad(tried, create)
    return None


def _tell(report: Report, base_url: str, failed: int) -> None:
    parts = urlsplit(base_url)
    host, secure = parts.hostname, parts.scheme == "https"
    for number, step in enumerate(STEPS[:failed]):
        if number == _TLS and not secure:
            report.note(f"{host}: not encrypted (http): fit for this machine itself only")
        else:
            report.good(f"{host}: {step}")


def _explain(report: Report, base_url: str, error: UpstreamError) -> None:
    host = urlsplit(base_url).hostname
    if isinstance(error, RateLimitedError):
        _tell(report, base_url, _API)
        report.bad(f"{host} asks to wait", "Too many calls were made with this account: try again in some minutes.")
        return
    if isinstance(error, NotFoundError):
        _tell(report, base_url, _API)
        report.bad(f"{host} knows no such address", "NETIGATE_BASE_URL must end in /api/v1.2.")
        return
    failed, do = ADVICE.get(error.cause, ELSE) if isinstance(error, UnavailableError) else ELSE
    _tell(report, base_url, failed)
    report.bad(f"{host}: {FAILED[failed]} ({error.cause or error.status})", do)


def _proxy_of(base_url: str, host: str) -> str | None:
    """Host and port of the proxy that the environment names; never its credentials."""
    if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host):
        return None
    address = getproxies().get(urlsplit(base_url).scheme)
    if not address:
        return None
    parts = urlsplit(address if "//" in address else f"//{address}")
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
