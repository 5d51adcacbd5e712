"""A session as the official client holds it, in both of its protocols."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from service.web.mcp import protocol
from service.web.mcp.routes import McpOptions
from service.web.mcp.tools import TOOLS
from tests.harness.http import served
from tests.support.fakes import START, make_set
from tests.support.mcp_client import call, session

MODES = ["auto", "legacy"]


@pytest.fixture
def url(web_with):
    web = web_with(mcp=McpOptions())
    web.house.upstream.put(
        make_set(1, "Nöjd"), make_set(2, "Mycket missnöjd", at=START + timedelta(minutes=1), comment="hemligt")
    )
    web.house.sweep()
    with served(web.app) as address:
        yield address


def test_it_speaks_what_the_client_speaks():
    assert protocol.MODERN == MODERN_PROTOCOL_VERSIONS
    assert protocol.HANDSHAKE == HANDSHAKE_PROTOCOL_VERSIONS


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_are_listed_as_read_only(url, mode):
    listed = session(url, lambda client: client.list_tools(), mode=mode)
    assert {tool.name for tool in listed.tools} == set(TOOLS)
    for tool in listed.tools:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.description


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("tool", "arguments", "of"),
    [
        ("customer_satisfaction", {"customer_id": "C-1"}, "score"),
        ("customer_results", {"customer_id": "C-1", "limit": 1}, "results"),
        ("who_stands_low", {"band": ["very_dissatisfied"], "max_score": 40}, "customers"),
        ("changes", {"since": "2020-01-01T00:00:00Z", "kind": ["first_low", "crossed_below"]}, "changes"),
        ("explain_score", {"alternatives": ["Nöjd", "Missnöjd", "Vet ej"], "question": "Är du nöjd?"}, "steps"),
    ],
)
def test_every_tool_answers_what_it_promises(url, mode, tool, arguments, of):
    # The client holds the answer against the tool's own schema.
    result = call(url, tool, arguments, mode=mode)
    assert not result.is_error, result.content[0].text
    assert of in result.structured_content


def test_a_page_goes_on_by_its_cursor(url):
    first = call(url, "customer_results", {"customer_id": "C-1", "limit": 1}).structured_content
    assert first["has_more"]
    more = {"customer_id": "C-1", "limit": 1, "cursor": first["cursor"]}
    second = call(url, "customer_results", more).structured_content
    assert not second["has_more"]
    assert [page["results"][0]["answer_set_id"] for page in (first, second)] == [2, 1]


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_is_refused_says_why(url, mode):
    result = call(url, "changes", {"max_scor": 20}, mode=mode)
    assert result.is_error
    assert "max_score" in result.content[0].text
