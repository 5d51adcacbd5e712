"""How the check ends: what is on, and the address that each CRM is given."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from flask import Flask

from service.commands.check.report import Report
from service.commands.check.what_is_on import HOSTS, On, tell_what_is_on
from service.crm.hosts import crm_blueprints
from service.crm.options import (
    CRM_OPTIONS,
    CardOptions,
    CrmOptions,
    HubSpotOptions,
    PipedriveOptions,
    SalesforceOptions,
    ZendeskOptions,
)

ROOT = Path(__file__).parents[4]
URL = "https://results.example.com"
EVERYTHING = On(
    callers=("crm", "alerts", "crm"),
    public_url=URL + "/",
    card=True,
    crm=CrmOptions(hubspot=HubSpotOptions("hush", URL), pipedrive=PipedriveOptions("hush")),
)


def said(on: On) -> str:
    lines: list[str] = []
    report = Report(lines.append)
    tell_what_is_on(report, on)
    assert report.failures == 0
    return "\n".join(lines)


def test_where_alerts_go_is_told():
    assert "alerts to slack, teams; netigate-results alerts --test" in said(On(alerts=("slack", "teams")))
    assert "no alerts: ALERT_SLACK_URL" in said(On())


def test_the_door_for_assistants_is_told_where_it_is_open():
    assert f"{URL}/mcp" in said(replace(EVERYTHING, mcp=True))
    assert "/mcp" not in said(EVERYTHING)


def test_every_host_that_there_is_has_a_row():
    assert [host.key for host in HOSTS] == [field.name for field in fields(CrmOptions)]
    assert {host.option for host in HOSTS} <= {name for name, _ in CRM_OPTIONS}


def test_what_is_on_stands_there_with_the_address_to_paste():
    told = said(EVERYTHING)
    assert f"the API, for crm, alerts: {URL}/v1/customers/ID/satisfaction" in told
    assert f"{URL}/widget/customers/ID?token=… · {URL}/embed.js" in told
    assert "HubSpot; paste there:" in told
    assert f"{URL}/crm/pipedrive/panel  (API endpoint" in told
    assert "off: Zendesk (ZENDESK_PUBLIC_KEY), Salesforce (SALESFORCE_CONSUMER_SECRET)" in told
    assert "hush" not in told
    assert "PUBLIC_URL is unset" not in told


def test_nothing_is_on():
    told = said(On())
    assert "netigate-results key crm" in told
    assert "WIDGET_SECRET is unset" in told
    assert all(host.option in told for host in HOSTS)
    assert "PUBLIC_URL" not in told


@pytest.mark.parametrize(
    ("url", "expected"), [(None, "PUBLIC_URL is unset"), ("http://results.example.com", "PUBLIC_URL is not https")]
)
def test_an_address_that_crms_cannot_use_is_told(url, expected):
    assert expected in said(replace(EVERYTHING, public_url=url))


@pytest.mark.parametrize(
    ("host", "file"),
    [
        ("zendesk", "zendesk/manifest.json"),
        ("salesforce", "salesforce/force-app/main/default/extlClntAppCanvasSettings/*.xml"),
    ],
)
def test_what_is_pasted_stands_in_the_hosts_own_files(host, file):
    (path,) = (ROOT / "examples").glob(file)
    address = next(one.address for one in HOSTS if one.key == host)
    assert re.search(re.escape(address.format(url=URL)) + '["<]', path.read_text("utf-8"))


def test_what_is_pasted_is_a_route():
    card = CardOptions(URL, "hush", 900)
    options = replace(
        EVERYTHING.crm, zendesk=ZendeskOptions(None, "", card), salesforce=SalesforceOptions("hush", card)
    )
    app = Flask(__name__)
    for blueprint in crm_blueprints(options, None, None):
        app.register_blueprint(blueprint)
    pasted = {host.address.removeprefix("{url}") for host in HOSTS} - {""}
    assert pasted <= {rule.rule for rule in app.url_map.iter_rules()}
