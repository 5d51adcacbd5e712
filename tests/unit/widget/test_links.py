"""The way from the card into the CRM: which templates are taken, and that an ID can only ever say which page it is."""

import pytest

from service.widget.card.links import link, template_fault

GOOD = (
    "https://acme.lightning.force.com/lightning/r/Contact/{contact_id}/view",
    "https://crm.example.com:8443/{customer_id}/people?id={contact_id}#r{respondent_id}",
    "HTTPS://crm.example.com/{contact_id}",
    "superoffice:contact.main?person_id={contact_id}",
    "limecrm:acme.person.{contact_id}",
    "mycrm://person/{contact_id}",
)
BAD = (
    "javascript:alert({contact_id})", "JavaScript:{contact_id}", "data:text/html,{contact_id}", "file:///{contact_id}",
    "http://crm.example.com/{contact_id}", "vbscript:{contact_id}", "blob:https://x/{contact_id}",
    "view-source:https://x.example/{contact_id}", "ms-msdt:{contact_id}", "mailto:{contact_id}", "tel:{contact_id}",
    "about:{contact_id}", "ws://x.example/{contact_id}", "intent://{contact_id}", " javascript:{contact_id}",
    "java\nscript:{contact_id}", "java\tscript:{contact_id}", "//crm.example.com/{contact_id}", "/{contact_id}",
    "crm.example.com/{contact_id}", "https:/{contact_id}", "https://{contact_id}", "https://{contact_id}.example.com/",
    "https://{contact_id}@example.com/", "https://user@example.com/{contact_id}", "https://example.com",
    "https://example.com/{name}", "https://example.com/{contact_id", "https://example.com/{{contact_id}}",
    "https://example.com/{contact_id!r}", "https://example.com/{}", "https://example.com:x/{contact_id}",
    "https://exa mple.com/{contact_id}", "https://example.com\\@evil.example/{contact_id}", "{contact_id}", "", ":",
    "https://[::1/{contact_id}", 'https://example.com/"{contact_id}', "https://example.com/<{contact_id}>",
)  # fmt: skip


@pytest.mark.parametrize("template", GOOD)
def test_an_address_of_a_crm_is_taken(template):
    assert template_fault(template) is None


@pytest.mark.parametrize("template", BAD)
def test_anything_else_is_not(template):
    fault = template_fault(template)
    assert fault
    assert "example" not in fault, "a fault repeats no value"


IDS = {"contact_id": "P/7 ä?&#\"'", "customer_id": "C-1", "respondent_id": 501}


def test_ids_are_percent_encoded():
    found = link("https://x.example/{customer_id}/{contact_id}/{respondent_id}", IDS)
    assert found == "https://x.example/C-1/P%2F7%20%C3%A4%3F%26%23%22'/501"


@pytest.mark.parametrize("missing", [{}, {"contact_id": None}, {"contact_id": "."}, {"contact_id": ".."}])
def test_without_what_it_wants_there_is_no_link(missing):
    assert link("https://x.example/{contact_id}", missing) is None


def test_no_template_no_link():
    assert link(None, IDS) is None


def test_an_id_that_looks_like_a_blank_is_text():
    assert link("https://x.example/{contact_id}", {"contact_id": "{customer_id}", "customer_id": "C"}) == (
        "https://x.example/%7Bcustomer_id%7D"
    )
