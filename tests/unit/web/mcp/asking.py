"""Messages to /mcp, and what its replies hold."""

from __future__ import annotations

import json
from typing import Any

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}

MODERN = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/call", "Mcp_Name": "customer_satisfaction"}


def message(method: str = "tools/list", params: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}, **more}


def call(tool: str = "customer_satisfaction", **arguments: Any) -> dict[str, Any]:
    given = arguments or {"customer_id": "C-1"}
    return message("tools/call", {"name": tool, "arguments": given})


def result_of(reply: Any) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    return dict(reply.json["result"])


def problem_of(result: dict[str, Any]) -> dict[str, Any]:
    assert result["isError"]
    assert "structuredContent" not in result
    return dict(json.loads(result["content"][0]["text"]))
