"""Which addresses alerts may be sent to. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host, as written in an address, is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def fault(address: str) -> str | None:
    """What is wrong with a destination's address, in words that do not repeat it; None where nothing is."""
    try:
        parts = urlsplit(address)
        host, named, _ = parts.hostname, "@" in parts.netloc, parts.port
    except ValueError:
        return "must be an https address"
    wrong = (
        (not (address.isascii() and address.isprintable()) or " " in address or "\\" in address, "without spaces"),
        (parts.scheme not in {"http", "https"} or not host, ""),
        (named, "without a user name or password"),
        (bool(parts.fragment), "without a #"),
        (parts.scheme == "http" and not is_loopback(host or ""), "(plain http goes to this machine alone)"),
    )
    return next((f"must be an https address {how}".strip() for is_wrong, how in wrong if is_wrong), None)
