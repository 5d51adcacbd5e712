"""The customer's ID from a custom field of the Pipedrive record: what is asked, kept, and said when it fails."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from service.clock import SystemClock
from service.crm.options import PipedriveOptions
from service.crm.pipedrive import custom_field as module
from service.crm.pipedrive.custom_field import CustomField, PipedriveAwayError
from service.crm.pipedrive.route import pipedrive_blueprint
from tests.harness.http import served, speaking
from tests.unit.crm.conftest import ANSWERED, recorded, send

KEY = "0123456789abcdef0123456789abcdef01234567"
PIPEDRIVE = recorded("pipedrive")
ORDINARY = PIPEDRIVE["requests"][0]


@dataclass
class Pipedrive:
    """Pipedrive's API on loopback, with one answer for every record."""

    body: object = field(
        default_factory=lambda: {"success": True, "data": {"id": 5351, "custom_fields": {KEY: "C-1001"}}}
    )
    status: int = 200
    asked: list = field(default_factory=list)
    authorization: str | None = None
    address: str = ""


@pytest.fixture
def pipedrive():
    fake = Pipedrive()

    @Request.application
    def app(request):
        fake.authorization = request.headers.get("Authorization")
        fake.asked.append((request.full_path, request.headers.get("x-api-token")))
        body = fake.body if isinstance(fake.body, str) else json.dumps(fake.body)
        return Response(body, fake.status, {"Location": "http://127.0.0.1:1/elsewhere"}, mimetype="application/json")

    with served(app) as fake.address:
        yield fake


@pytest.fixture
def custom_field(pipedrive, clock):
    with_field = CustomField("organization", KEY, "pd-token", clock, api=pipedrive.address)
    yield with_field
    with_field.session.close()


def holding(value):
    return {"success": True, "data": {"id": 5351, "custom_fields": {KEY: value}}}


def test_asks_for_that_field_of_that_record_with_the_token(pipedrive, custom_field):
    assert custom_field.customer_id("5351") == "C-1001"
    [(path, token)] = pipedrive.asked
    assert urlsplit(path).path == "/organizations/5351"
    assert parse_qs(urlsplit(path).query) == {"custom_fields": [KEY]}
    assert token == "pd-token"
    assert "pd-token" not in repr(custom_field)


def test_asks_once_in_a_while(pipedrive, custom_field, clock):
    for _ in range(3):
        custom_field.customer_id("5351")
    assert len(pipedrive.asked) == 1
    clock.sleep(600)
    pipedrive.body = holding("C-2")
    assert custom_field.customer_id("5351") == "C-2"


def test_a_field_filled_since_is_seen_after_a_minute(pipedrive, custom_field, clock):
    pipedrive.body = holding(None)
    assert custom_field.customer_id("5351") == ""
    pipedrive.body = holding("C-1001")
    clock.sleep(60)
    assert custom_field.customer_id("5351") == "C-1001"


@pytest.mark.parametrize(
    ("value", "customer"), [("  C-7 ", "C-7"), (4711, "4711"), (None, ""), (True, ""), ({"value": 1}, "")]
)
def test_text_and_whole_numbers_are_ids_and_nothing_else(pipedrive, custom_field, value, customer):
    pipedrive.body = holding(value)
    assert custom_field.customer_id("5351") == customer


def test_a_record_that_is_gone_has_no_customer(pipedrive, custom_field):
    pipedrive.status = 404
    assert custom_field.customer_id("5351") == ""


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"success": False}),
        (403, {}),
        (429, {}),
        (500, {}),
        (302, {}),
        (200, "<html>"),
        (200, '"' + "x" * 300_000 + '"'),
        (200, []),
        (200, {"data": None}),
        (200, {"data": {}}),
    ],
)
def test_what_pipedrive_does_not_say_is_not_taken_for_nothing(pipedrive, custom_field, status, body):
    pipedrive.status, pipedrive.body = status, body
    with pytest.raises(PipedriveAwayError):
        custom_field.customer_id("5351")
    pipedrive.status, pipedrive.body = 200, holding("C-1001")
    assert custom_field.customer_id("5351") == "C-1001"  # and is not kept


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{",
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 999\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n",
    ],
    ids=["body", "redirect", "head"],
)
def test_a_reply_that_drips_holds_nobody_up(monkeypatch, head):
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.3)
    with speaking(head, *[b"X"] * 60, pause=0.05) as address:
        slow = CustomField("organization", KEY, "pd-token", SystemClock(), api=address)
        begun = time.monotonic()
        with pytest.raises(PipedriveAwayError):
            slow.customer_id("5351")
        assert time.monotonic() - begun < 2
        slow.session.close()


def test_netrc_adds_no_password(pipedrive, custom_field, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    custom_field.customer_id("5351")
    assert (pipedrive.asked[0][1], pipedrive.authorization) == ("pd-token", None)


@pytest.fixture
def client(build, summaries, clock, custom_field):
    options = PipedriveOptions(PIPEDRIVE["secret"], PIPEDRIVE["company_id"], api_token="pd-token", customer_field=KEY)
    return build([pipedrive_blueprint(options, summaries, clock, custom_field)])


def test_the_panel_is_that_of_the_fields_customer(client, summaries):
    asked = []
    summaries.summary = lambda customer_id, **_: asked.append(customer_id) or {"customer_id": customer_id, **ANSWERED}
    data = send(client, ORDINARY).json["data"]
    assert (asked, data["id"]) == (["C-1001"], 5351)


def test_an_empty_field_is_told_as_no_customer(client, pipedrive):
    pipedrive.body = holding("")
    answer = send(client, ORDINARY)
    assert (answer.status_code, answer.json["field"]) == (422, "selectedIds")


def test_pipedrive_away_is_told_in_words(client, pipedrive):
    pipedrive.status = 500
    data = send(client, ORDINARY).json["data"]
    assert data == {"id": 5351, "satisfaction": {"color": "grey", "label": "Not available right now"}}


def test_nothing_is_asked_for_a_request_that_is_not_pipedrives(client, pipedrive):
    forged = next(one for one in PIPEDRIVE["requests"] if one["expect"] == "signature")
    assert send(client, forged).status_code == 401
    assert pipedrive.asked == []
