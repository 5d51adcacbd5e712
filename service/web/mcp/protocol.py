"""The Model Context Protocol as far as tools need it, without a session: what a message is, and what answers it.

Revision 2026-07-28 sends each request with its version and the client's capabilities in `_meta`, repeated in headers.
Older clients shake hands with `initialize` first; no state is kept from that. Pure: no I/O.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MODERN: Final = ("2026-07-28",)
HANDSHAKE: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
META: Final = "io.modelcontextprotocol/"
PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
TOOLS_TTL_MS: Final = 3_600_000  # the table changes with a release only
_BASE64: Final = ("=?base64?", "?=")


class ProtocolError(Exception):
    """A message that is answered with a JSON-RPC error. `data` is sent with it."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


@dataclass(frozen=True, slots=True)
class Message:
    """One request, or a notification where `is_notification`."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    identifier: int | str | None = None
    is_notification: bool = False

    @property
    def meta(self) -> dict[str, Any]:
        meta = self.params.get("_meta")
        return meta if isinstance(meta, dict) else {}

    @property
    def is_modern(self) -> bool:
        return META + "protocolVersion" in self.meta


def read(body: object) -> Message:
    """The message of a decoded body. Raises ProtocolError: a batch, a response, or no JSON-RPC at all."""
    refusal = ProtocolError(INVALID_REQUEST, "The body must be one JSON-RPC 2.0 request or notification.")
    if not isinstance(body, dict) or body.get("jsonrpc") != "2.0":
        raise refusal
    method, params, identifier = body.get("method"), body.get("params", {}), body.get("id")
    if not isinstance(method, str) or not isinstance(params, dict):
        raise refusal
    if "id" in body and (isinstance(identifier, bool) or not isinstance(identifier, (int, str))):
        raise refusal
    return Message(method, params, identifier, is_notification="id" not in body)


def check_headers(message: Message, headers: Mapping[str, str]) -> None:
    """Check that the headers by which proxies route say the same as the body. Raises ProtocolError.

    headers: with names in lower case.
    """
    if not is_modern(message, headers):
        sent = headers.get("mcp-protocol-version")
        if sent is not None and sent not in HANDSHAKE:
            raise _unsupported(sent)
        return
    if message.is_notification:
        return
    version = message.meta.get(META + "protocolVersion")
    if not isinstance(message.meta.get(META + "clientCapabilities"), dict) or not isinstance(version, str):
        raise ProtocolError(INVALID_PARAMS, "params._meta must hold protocolVersion and clientCapabilities.")
    expected = {"mcp-protocol-version": version, "mcp-method": message.method}
    if message.method == "tools/call":
        expected["mcp-name"] = message.params.get("name", "")
    for name, value in expected.items():
        if _decoded(headers.get(name)) != value:
            raise ProtocolError(HEADER_MISMATCH, f"The header {name} does not say what the body says.")
    if version not in MODERN:
        raise _unsupported(version)


def _unsupported(version: str) -> ProtocolError:
    data = {"supported": [*MODERN, *reversed(HANDSHAKE)], "requested": version}
    return ProtocolError(UNSUPPORTED_VERSION, "Unsupported protocol version", data)


def _decoded(value: str | None) -> str | None:
    """A header's text: as it is, or decoded where it is marked as base64; None where that cannot be decoded."""
    begin, end = _BASE64
    if value is None or not (value.startswith(begin) and value.endswith(end)):
        return value
    try:
        return base64.b64decode(value[len(begin) : -len(end)], validate=True).decode()
    except (ValueError, binascii.Error):
        return None


def is_modern(message: Message | None, headers: Mapping[str, str]) -> bool:
    """Whether a request uses, or claims to use, the revision without a handshake."""
    return headers.get("mcp-protocol-version") in MODERN or (message is not None and message.is_modern)


def status_of(error: ProtocolError, *, modern: bool) -> int:
    """The HTTP status of an error. Older clients would read 404 as the end of their session."""
    if error.code in {PARSE_ERROR, INVALID_REQUEST, HEADER_MISMATCH, UNSUPPORTED_VERSION}:
        return 400
    if not modern:
        return 200
    return 404 if error.code == NO_METHOD else 400


def initialized(message: Message, server: dict[str, str], instructions: str) -> dict[str, Any]:
    """The answer to a handshake: the version asked for where it is known, else the newest with a handshake."""
    asked = message.params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in HANDSHAKE else HANDSHAKE[-1],
        "capabilities": {"tools": {}},
        "serverInfo": server,
        "instructions": instructions,
    }


def discovered(instructions: str) -> dict[str, Any]:
    return {
        "supportedVersions": list(MODERN),
        "capabilities": {"tools": {}},
        "instructions": instructions,
        **cacheable(),
    }


def cacheable() -> dict[str, Any]:
    return {"ttlMs": TOOLS_TTL_MS, "cacheScope": "private"}


def answer(message: Message, result: dict[str, Any], server: dict[str, str]) -> dict[str, Any]:
    """The JSON-RPC response. Fields that only the newer revision has are sent to its clients alone."""
    if message.is_modern:
        result = {"resultType": "complete", **result, "_meta": {META + "serverInfo": server}}
    return {"jsonrpc": "2.0", "id": message.identifier, "result": result}


def failure(identifier: int | str | None, error: ProtocolError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": identifier, "error": told}
