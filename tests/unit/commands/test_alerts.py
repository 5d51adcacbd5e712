"""The command `alerts`: samples, what is parked, and another try, as an operator types them."""

from __future__ import annotations

import contextlib
import hashlib
import json

import pytest
from click.testing import CliRunner
from flask import Response

from service.alerts.delivery import Delivery
from service.app.alerts import alert_destinations, alert_tools
from service.app.parts import open_store, store_keys
from service.cli import main
from service.clock import SystemClock
from service.options.option_table import OPTIONS
from service.options.settings import load
from tests.harness.http import served
from tests.support import receivers
from tests.support.fakes import make_set
from tests.support.house import House


@pytest.fixture
def to():
    return {"webhook": receivers.webhook(), "slack": receivers.slack(), "teams": receivers.teams()}


@pytest.fixture
def options(monkeypatch, valkey_url, to):
    for option in OPTIONS:
        monkeypatch.delenv(option.name, raising=False)
    with contextlib.ExitStack() as stack:
        given = {
            "NETIGATE_API_KEY": "11111111-2222-4333-8444-555555555555",
            "NETIGATE_SURVEYS": "4711",
            "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
            "API_KEYS": f"crm:{hashlib.sha256(b'k').hexdigest()}:results",
            "REDIS_URL": valkey_url,
            "ALERT_WEBHOOK_SECRET": receivers.SECRET,
            "ALERT_LANG": "nb",
            "CONTACT_URL": "https://crm.example/{contact_id}",
        }
        for name, receiver in to.items():
            given[f"ALERT_{name.upper()}_URL"] = stack.enter_context(served(receiver.app)) + "/hook"
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield load()


def alerts(*arguments):
    done = CliRunner().invoke(main, ["alerts", *arguments])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()] if done.stdout else done.stderr


def test_a_sample_goes_everywhere(options, to):
    status, lines = alerts("--test")
    assert (status, [(line["destination"], line["outcome"]) for line in lines]) == (
        0, [(name, "delivered") for name in to],
    )  # fmt: skip
    assert "Test: slik ser" in str(to["teams"].taken)


def test_a_sample_that_does_not_arrive_ends_with_1(options, to):
    to["slack"].reply = lambda _body: Response(status=404)
    status, lines = alerts("--test")
    assert (status, [line["outcome"] for line in lines]) == (1, ["delivered", "404", "delivered"])


def test_what_is_parked_is_listed_and_tried_again(options, to, valkey):
    to["slack"].reply = lambda _body: Response(status=403)
    house = House(valkey)
    house.keys, house.store = store_keys(options), open_store(options, SystemClock())
    house.change_feed = type(house.change_feed)(house.store, house.change_feed._options, house.surveys, house.clock)
    house.file(make_set(1, "Mycket missnöjd", contact="P-7", at=SystemClock().now()))
    (identifier,) = [change["id"] for change in house.changes()]
    slack = alert_destinations(options)[1]
    delivery = Delivery(slack, alert_tools(options, house.store, SystemClock()))
    while not delivery.step():
        pass
    status, (line,) = alerts("--parked")
    assert (status, line["destination"], line["id"], line["changes"], line["cause"]) == (
        0, "slack", identifier, 1, "403",
    )  # fmt: skip
    assert alerts("--retry")[0] == 1
    to["slack"].reply = None
    status, (line,) = alerts("--retry")
    assert (status, line["outcome"], to["slack"].ids) == (0, "delivered", [identifier])
    assert "https://crm.example/P-7" in str(to["slack"].taken)
    assert alerts("--parked") == (0, "")


def test_one_thing_at_a_time(options):
    assert alerts("--test", "--retry")[0] == 2


def test_nowhere_to_go(options, monkeypatch):
    for name in ("WEBHOOK", "SLACK", "TEAMS"):
        monkeypatch.setenv(f"ALERT_{name}_URL", "")
    status, said = alerts()
    assert status == 2
    assert "ALERT_SLACK_URL" in said


def test_with_the_store_away(options, monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/nobody")
    assert alerts("--parked") == (2, "The store cannot be reached.\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALERT_SLACK_URL", "http://hooks.example.com/x"),
        ("ALERT_TEAMS_URL", "https://user:secret@example.com/x"),
        ("ALERT_WEBHOOK_URL", "ftp://example.com"),
        ("ALERT_WEBHOOK_SECRET", ""),
        ("ALERT_WEBHOOK_SECRET", "whsec_short"),
        ("ALERT_WEBHOOK_SECRET", "whsec_not/base64!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"),
        ("ALERT_KINDS", "first_low,fell"),
        ("ALERT_KINDS", ","),
        ("ALERT_MAX_SCORE", "101"),
        ("ALERT_COMMENTS", "yes"),
        ("ALERT_LANG", "xx"),
    ],
)
def test_a_bad_option_is_one_message_that_repeats_no_value(options, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    status, said = alerts("--test")
    assert (status, len(said.splitlines())) == (2, 1)
    assert name in said
    assert "secret@" not in said
    assert len(value) < 3 or value not in said
