"""What HubSpot's card says for an answer of ours, run."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from service.crm import hubspot

from .conftest import SUMMARIES
from .examples import EXAMPLES, ODD_ID, needs_node, node

HUBSPOT_CARD = (EXAMPLES / "hubspot" / "src" / "app" / "cards" / "satisfaction.js").read_text("utf-8")


@needs_node
@pytest.mark.parametrize("customer_id", ["C-1001", ODD_ID, "50%3A"])
def test_hubspots_card_asks_for_the_route_and_the_customer(customer_id):
    address = node(
        HUBSPOT_CARD + "console.log(JSON.stringify(addressOf('https://results.example.com', given.id)));",
        id=customer_id,
    )
    assert urlsplit(address).path == hubspot.PATH
    assert parse_qs(urlsplit(address).query) == {"customer_id": [customer_id]}


@needs_node
@pytest.mark.parametrize("state", [*SUMMARIES, "unavailable", "no_customer", "a state of tomorrow"])
def test_hubspots_card_has_words_for_every_state(state):
    summary = SUMMARIES.get(state, {}) | {"state": state}
    view = node(HUBSPOT_CARD + "console.log(JSON.stringify(describe(given.summary, 'sv')));", summary=summary)
    assert view["title"]
    if state == "answered":
        assert (view["title"], view["variant"]) == ("Very dissatisfied", "danger")
        assert (view["answer"], view["trend"]) == ("Mycket missnöjd", "75 → 0 of 100")
        assert view["freshness"].startswith("As of ")
    else:
        assert "band" not in view
        assert view["text"]
    assert view["refreshAfter"] == (0 if state == "no_customer" else 60)
