from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.crm.hosts import crm_blueprints
from service.crm.options import CRM_OPTIONS, CrmOptions, read_options

from .conftest import WIDGET_SECRET, FakeClock, FakeSummaries, recorded

PEM = recorded("zendesk")["public_key"]
ALL = {
    "HUBSPOT_CLIENT_SECRET": "hub-secret",
    "HUBSPOT_PORTAL_ID": "20001",
    "PIPEDRIVE_JWT_SECRET": "p" * 32,
    "PIPEDRIVE_COMPANY_ID": "13337",
    "PIPEDRIVE_RESOURCE": "person",
    "PIPEDRIVE_API_TOKEN": "pd-token",
    "PIPEDRIVE_CUSTOMER_FIELD": "0123456789abcdef0123456789abcdef01234567",
    "ZENDESK_PUBLIC_KEY": PEM.replace("\n", "\\n"),
    "ZENDESK_AUDIENCE": "https://acme.zendesk.com/api/v2/apps/installations/1.json",
    "ZENDESK_CUSTOMER_FIELD": "external_id",
    "SALESFORCE_CONSUMER_SECRET": "sf-secret",
    "SALESFORCE_ORGANIZATION_ID": "00Dx00000001hxyEAA",
    "SALESFORCE_CUSTOMER_FIELD": "record.AccountNumber",
    "CRM_COMMENTS": "1",
}


def read(values, **more):
    own = {"public_url": "https://results.example.com/", "widget_secret": WIDGET_SECRET, "token_seconds": 900}
    return read_options(values, **(own | more))


def test_nothing_set_is_nothing_on():
    assert read({}, public_url=None, widget_secret=None) == (CrmOptions(), [])
    assert read(dict.fromkeys(ALL, " ")) == (CrmOptions(), [])
    assert crm_blueprints(CrmOptions(), FakeSummaries(), FakeClock()) == []


def test_everything_set():
    options, problems = read(ALL)
    assert problems == []
    assert options.hubspot.portal_id == "20001"
    assert options.hubspot.public_url == "https://results.example.com"
    assert options.pipedrive.company_id == "13337"
    assert options.pipedrive.resource == "person"
    assert options.pipedrive.customer_field == ALL["PIPEDRIVE_CUSTOMER_FIELD"]
    salesforces = ("https://*.salesforce.com", "https://*.force.com")
    assert options.card_ancestors == ("'self'", "https://acme.zendesk.com", *salesforces)
    assert options.zendesk.origin == "https://acme.zendesk.com"
    assert options.zendesk.customer_field == "external_id"
    assert options.salesforce.customer_field == "record.AccountNumber"
    assert options.salesforce.card.token_seconds == 900
    assert options.hubspot.comments
    assert options.zendesk.card.scopes == ("results", "comments")
    names = [blueprint.name for blueprint in crm_blueprints(options, FakeSummaries(), FakeClock())]
    assert names == ["crm_hubspot", "crm_pipedrive", "crm_zendesk", "crm_salesforce"]


def test_every_option_is_in_the_table_once():
    assert sorted(ALL) == sorted(name for name, _ in CRM_OPTIONS)
    assert all(sentence.endswith(".") for _, sentence in CRM_OPTIONS)


@pytest.mark.parametrize(
    "name", ["HUBSPOT_CLIENT_SECRET", "PIPEDRIVE_JWT_SECRET", "ZENDESK_PUBLIC_KEY", "SALESFORCE_CONSUMER_SECRET"]
)
def test_each_host_is_on_only_with_its_secret(name):
    options, problems = read({key: value for key, value in ALL.items() if key != name})
    assert problems == []
    assert getattr(options, name.split("_", maxsplit=1)[0].lower()) is None


def _pem(key) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRM_COMMENTS", "yes"),
        ("HUBSPOT_PORTAL_ID", "my portal"),
        ("PIPEDRIVE_JWT_SECRET", "short"),
        ("PIPEDRIVE_COMPANY_ID", "acme"),
        ("PIPEDRIVE_RESOURCE", "lead"),
        ("PIPEDRIVE_CUSTOMER_FIELD", "Customer number"),
        ("PIPEDRIVE_API_TOKEN", ""),
        ("ZENDESK_PUBLIC_KEY", "not a key"),
        ("ZENDESK_PUBLIC_KEY", _pem(ec.generate_private_key(ec.SECP256R1()))),
        ("ZENDESK_PUBLIC_KEY", _pem(rsa.generate_private_key(65537, 1024))),
        ("ZENDESK_AUDIENCE", ""),
        ("ZENDESK_AUDIENCE", "https://acme.zendesk.com.evil.net/api/v2/apps/installations/1.json"),
        ("ZENDESK_AUDIENCE", "http://acme.zendesk.com/api/v2/apps/installations/1.json"),
        ("ZENDESK_CUSTOMER_FIELD", "name"),
        ("SALESFORCE_ORGANIZATION_ID", "acme"),
        ("SALESFORCE_CUSTOMER_FIELD", "user.userId"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(name, value):
    _, problems = read(ALL | {name: value})
    assert len(problems) == 1
    assert name in problems[0]
    assert not value or value not in problems[0].removeprefix(name)


@pytest.mark.parametrize(
    "address", [None, "", "results.example.com", "ftp://x", "https://u:p@x", "https://x?y", "https://[x"]
)
def test_what_a_signature_covers_needs_an_address(address):
    _, problems = read(ALL, public_url=address)
    assert sorted(problem.split()[0] for problem in problems) == [
        "HUBSPOT_CLIENT_SECRET",
        "SALESFORCE_CONSUMER_SECRET",
        "ZENDESK_PUBLIC_KEY",
    ]


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_a_card_needs_a_secret_for_its_token(secret):
    _, problems = read(ALL, widget_secret=secret)
    assert sorted(problem.split()[0] for problem in problems) == ["SALESFORCE_CONSUMER_SECRET", "ZENDESK_PUBLIC_KEY"]


def test_no_secret_is_shown_where_options_are_printed():
    shown = repr(read(ALL)[0])
    for secret in ("hub-secret", "p" * 32, "pd-token", "sf-secret", WIDGET_SECRET):
        assert secret not in shown
