"""The recipes of docs/recipes, run as a user would run them."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from service.alerts.messages import webhook
from tests.harness.http import served
from tests.support import receivers
from tests.support.edge import SECRET, Edge
from tests.support.fakes import START, make_set

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs/recipes"
HOUR = timedelta(hours=1)
needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("curl", "jq", "flock"))), reason="the shell recipe needs curl, jq and flock"
)


@pytest.fixture
def told(house):
    """Three customers of whom two turned unhappy."""
    house.file(make_set(1, "Mycket missnöjd", customer="C-1", at=START - 3 * HOUR))
    house.file(make_set(2, "Nöjd", customer="C-2", at=START - 2 * HOUR))
    house.file(make_set(3, "Missnöjd", customer="C-2", at=START - HOUR))
    return house


@pytest.fixture
def api(told):
    with served(Edge(told).app) as url:
        yield url


def run(command, api, place, where=ROOT, **more):
    environment = {
        **os.environ,
        "NETIGATE_RESULTS_URL": api,
        "NETIGATE_RESULTS_KEY": SECRET,
        "CURSOR_FILE": str(place),
        **more,
    }
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=where)


def python(name):
    return [sys.executable, str(RECIPES / name)]


def customers_of(output):
    return [line.split("\t")[2] for line in output.splitlines()]


def test_the_python_poller_prints_each_change_once(api, told, tmp_path):
    place = tmp_path / "cursor"
    assert customers_of(run(python("poller.py"), api, place).stdout) == ["C-1", "C-2"]
    assert run(python("poller.py"), api, place).stdout == ""
    told.file(make_set(4, "Nöjd", customer="C-1"))
    again = run(python("poller.py"), api, place)
    assert [line.split("\t")[1:3] for line in again.stdout.splitlines()] == [["recovered", "C-1"]]


def test_a_crash_before_the_place_is_kept_repeats_and_loses_nothing(api, tmp_path):
    place = tmp_path / "cursor"
    first = run(python("poller.py"), api, place)
    place.unlink()
    assert run(python("poller.py"), api, place).stdout == first.stdout


def test_the_python_poller_stops_at_a_cursor_that_is_gone(api, told, tmp_path):
    place = tmp_path / "cursor"
    run(python("poller.py"), api, place)
    told.client.flushall()
    stopped = run(python("poller.py"), api, place)
    assert stopped.returncode == 1
    assert "may have been missed" in stopped.stderr


@needs_tools
def test_the_shell_poller_prints_each_change_once(api, told, tmp_path):
    place = tmp_path / "cursor"
    first = run(["sh", str(RECIPES / "poller.sh")], api, place)
    assert [json.loads(line)["customer_id"] for line in first.stdout.splitlines()] == ["C-1", "C-2"], first.stderr
    told.file(make_set(4, "Nöjd", customer="C-1"))
    again = run(["sh", str(RECIPES / "poller.sh")], api, place)
    assert [json.loads(line)["kind"] for line in again.stdout.splitlines()] == ["recovered"]


@needs_tools
def test_the_shell_poller_says_when_it_is_refused(api, tmp_path):
    refused = run(["sh", str(RECIPES / "poller.sh")], api, tmp_path / "cursor", NETIGATE_RESULTS_KEY="wrong")
    assert refused.returncode == 1
    assert "401" in refused.stderr


@needs_tools
def test_the_shell_poller_stops_at_a_cursor_that_is_gone(api, told, tmp_path):
    place = tmp_path / "cursor"
    run(["sh", str(RECIPES / "poller.sh")], api, place)
    told.client.flushall()
    stopped = run(["sh", str(RECIPES / "poller.sh")], api, place)
    assert stopped.returncode == 1
    assert "may have been missed" in stopped.stderr


@needs_tools
def test_the_cron_line_appends_whatever_folder_cron_is_in(api, tmp_path):
    *settings, line = [line for line in (RECIPES / "crontab").read_text().splitlines() if not line.startswith("#")]
    named = dict(setting.split("=", 1) for setting in settings)
    environment = {**named, "RECIPES": str(RECIPES), "HOME": str(tmp_path)}
    environment |= {"NETIGATE_RESULTS_URL": api, "NETIGATE_RESULTS_KEY": SECRET, "PATH": os.environ["PATH"]}
    assert set(named) <= set(environment)
    for _ in range(2):
        done = subprocess.run(
            ["sh", "-c", line.split(" ", 5)[5]],
            env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    kept = (tmp_path / "netigate-changes.jsonl").read_text().splitlines()
    assert [json.loads(entry)["customer_id"] for entry in kept] == ["C-1", "C-2"]


CRM = """
import json, pathlib
FIELDS = pathlib.Path("crm.json")
def write(customer_id, *field):
    if pathlib.Path("refuse").exists() and customer_id == "C-2":
        raise SystemExit("the CRM is away")
    FIELDS.write_text(json.dumps({**json.loads(FIELDS.read_text()), customer_id: field}))
"""


def test_the_crm_field_follows_every_customer(api, told, tmp_path):
    fields, cursor = tmp_path / "crm.json", tmp_path / "cursor"
    (tmp_path / "my_crm.py").write_text(CRM)
    fields.write_text("{}")

    def follow():
        return run([*python("crm_field.py"), "--write", "my_crm:write"], api, cursor, where=tmp_path)

    def held():
        return {customer: field[:2] for customer, field in json.loads(fields.read_text()).items()}

    assert follow().returncode == 0
    assert held() == {"C-1": [0.0, "very_dissatisfied"], "C-2": [25.0, "dissatisfied"]}
    assert json.loads(fields.read_text())["C-2"][2] == "2026-11-23T11:00:00Z"
    # A CRM that is away for a while misses nothing.
    told.file(make_set(4, "Nöjd", customer="C-1"), make_set(5, "Nöjd", customer="C-2"))
    (tmp_path / "refuse").touch()
    assert follow().returncode != 0
    (tmp_path / "refuse").unlink()
    told.store.eraser.customer("C-1")
    assert follow().returncode == 0
    assert held() == {"C-1": [None, None], "C-2": [75.0, "satisfied"]}
    before = cursor.read_text()
    assert follow().returncode == 0
    assert cursor.read_text() == before
    # A cursor of a store that was lost: everybody is written anew.
    told.client.flushall()
    told.file(make_set(6, "Mycket nöjd", customer="C-3"))
    again = follow()
    assert again.returncode == 0
    assert "written anew" in again.stderr
    assert held()["C-3"] == [100.0, "very_satisfied"]


def test_the_crm_field_prints_where_no_function_is_named(api, tmp_path):
    lines = run(python("crm_field.py"), api, tmp_path / "cursor").stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["C-1", "0.0"], ["C-2", "25.0"]]


def test_the_receiver_takes_signed_alerts_once(monkeypatch, capsys):
    monkeypatch.setenv("WEBHOOK_SECRET", receivers.SECRET)
    app = runpy.run_path(str(RECIPES / "receiver.py"))["app"]
    body = webhook.change_body({"kind": "first_low", "detected_at": "", "customer_id": "C-1", "score": 0.0}, str)
    headers = {"webhook-id": "1", **webhook.signature([receivers.SECRET], "1", datetime.now(UTC), body)}
    with served(app) as url:
        for _ in range(2):
            assert requests.post(url, data=body, headers=headers, timeout=10).status_code == 204
        assert requests.post(url, data=body + b" ", headers=headers, timeout=10).status_code == 401
    assert capsys.readouterr().out == "satisfaction.first_low\tC-1\t0.0\n"
