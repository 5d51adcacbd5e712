"""What is a message of the protocol, and what answers it: handshakes, headers, versions, errors."""

from __future__ import annotations

import pytest

from .asking import META, MODERN, call, message, result_of


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([message()], -32600),
        ("text", -32600),
        ({"id": 1, "method": "ping"}, -32600),
        (message(id=None), -32600),
        (message(id=True), -32600),
        (message(id=1.5), -32600),
        ({**message(), "params": []}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32600),
    ],
)
def test_what_is_no_message_is_refused(web, body, code):
    reply = web.post("/mcp", body)
    assert (reply.status_code, reply.json["error"]["code"]) == (400, code)


def test_what_is_not_json_is_refused(web):
    headers = {"Authorization": "Bearer full"}
    broken = web.client.post("/mcp", data=b"{", content_type="application/json", headers=headers)
    assert (broken.status_code, broken.json["error"]["code"], broken.json["id"]) == (400, -32700, None)
    assert web.client.post("/mcp", data=b"{}", content_type="text/plain", headers=headers).status_code == 415
    deep = web.client.post("/mcp", data=b"[" * 100_000, content_type="application/json", headers=headers)
    assert deep.status_code == 400


@pytest.mark.parametrize(
    "params",
    ['{"name": %s}', '{"name": "explain_score", "arguments": {"alternatives": %s}}', '{"name": "changes", "x": %s}'],
)
@pytest.mark.parametrize("depth", [300, 1000, 100_000])
def test_what_is_nested_too_deeply_is_refused(web, params, depth):
    nested = params % ("[" * depth + "]" * depth)
    body = '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ' + nested + "}"
    headers = {"Authorization": "Bearer full"}
    reply = web.client.post("/mcp", data=body, content_type="application/json", headers=headers)
    assert (reply.status_code, reply.json["error"]["code"]) == (400, -32700)


def test_a_notification_is_taken_and_not_answered(web):
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    reply = web.post("/mcp", body)
    assert (reply.status_code, reply.data) == (202, b"")


@pytest.mark.parametrize("asked", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_handshake_agrees_on_the_version_asked_for(web, asked):
    assert result_of(web.post("/mcp", message("initialize", {"protocolVersion": asked})))["protocolVersion"] == asked


def test_a_handshake_with_an_unknown_version_is_offered_the_newest(web):
    hello = result_of(web.post("/mcp", message("initialize", {"protocolVersion": "1999-01-01"})))
    assert hello["protocolVersion"] == "2025-11-25"


def test_without_a_handshake_every_answer_says_what_it_is(web):
    found = result_of(
        web.post("/mcp", message("server/discover", {"_meta": META}), **{**MODERN, "Mcp_Method": "server/discover"})
    )
    assert (found["resultType"], found["supportedVersions"]) == ("complete", ["2026-07-28"])
    told = result_of(web.post("/mcp", message("tools/call", {**call()["params"], "_meta": META}), **MODERN))
    assert told["resultType"] == "complete"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Mcp_Method": "tools/list"}, -32020),
        ({"Mcp_Name": "changes"}, -32020),
        ({"Mcp_Name": "=?base64?!?="}, -32020),
        ({"MCP_Protocol_Version": "2025-11-25"}, -32020),
        ({"MCP_Protocol_Version": "2027-01-01"}, -32020),
    ],
)
def test_headers_say_what_the_body_says(web, changed, code):
    reply = web.post("/mcp", message("tools/call", {**call()["params"], "_meta": META}), **{**MODERN, **changed})
    assert (reply.status_code, reply.json["error"]["code"]) == (400, code)


def test_a_name_may_come_in_base64(web):
    name = {"Mcp_Name": "=?base64?Y3VzdG9tZXJfc2F0aXNmYWN0aW9u?="}
    reply = web.post("/mcp", message("tools/call", {**call()["params"], "_meta": META}), **{**MODERN, **name})
    assert reply.status_code == 200


def test_a_version_to_come_is_told_what_there_is(web):
    meta = {**META, "io.modelcontextprotocol/protocolVersion": "2030-01-01"}
    headers = {**MODERN, "MCP_Protocol_Version": "2030-01-01"}
    for body in (message("tools/call", {**call()["params"], "_meta": meta}), call()):
        reply = web.post("/mcp", body, **headers)
        assert (reply.status_code, reply.json["error"]["code"]) == (400, -32022)
        assert "2026-07-28" in reply.json["error"]["data"]["supported"]


def test_what_is_sent_without_its_meta_is_refused(web):
    reply = web.post("/mcp", call(), **MODERN)
    assert (reply.status_code, reply.json["error"]["code"]) == (400, -32602)


@pytest.mark.parametrize(
    ("method", "params"), [("resources/list", {}), ("tools/call", {"name": "customer_satisfacton"})]
)
def test_what_does_not_exist_is_an_error_of_the_protocol(web, method, params):
    reply = web.post("/mcp", message(method, params))
    assert reply.status_code == 200  # 404 would end an older client's session
    assert reply.json["error"]["code"] == (-32602 if method == "tools/call" else -32601)
    if method == "tools/call":
        assert "`customer_satisfaction`" in reply.json["error"]["message"]
    modern = {**MODERN, "Mcp_Method": method, "Mcp_Name": params.get("name", "")}
    reply = web.post("/mcp", message(method, {**params, "_meta": META}), **modern)
    assert reply.status_code == (400 if method == "tools/call" else 404)
