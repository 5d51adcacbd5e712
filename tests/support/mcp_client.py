"""The official client of the Model Context Protocol, for tests that are not coroutines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def session(url: str, talk: Callable[[Client], Awaitable[Any]], *, key: str = "full", mode: str = "auto") -> Any:
    """What `talk` returns of a session at `url`/mcp with a caller's key."""

    async def whole() -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            create_mcp_http_client(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
        ):
            return await talk(client)

    return asyncio.run(whole())


def call(url: str, tool: str, arguments: dict[str, Any], **how: str) -> Any:
    """The result of one tool's call."""
    return session(url, lambda client: client.call_tool(tool, arguments), **how)
