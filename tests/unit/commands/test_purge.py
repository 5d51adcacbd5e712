"""The command `purge`: at once, with a receipt, and kept out until lifted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from service.app.parts import keeper, store_keys
from service.cli import main
from service.clock import SystemClock
from service.options.settings import DEMO_MARK, load
from service.process import embedded_server as embedded
from service.store.redis_store import redis_store
from tests.support.fakes import START, make_set
from tests.support.house import House

DAY = timedelta(days=1)


@pytest.fixture
def options(monkeypatch, valkey_url, tmp_path):
    monkeypatch.setattr("service.commands.purging.HOT_SECONDS", 0)  # nobody holds copies here
    monkeypatch.setattr("service.commands.purging.PURGE_TOMBSTONE_SECONDS", 0)
    monkeypatch.setattr("service.commands.purging.LEASE_WAIT", 0)
    monkeypatch.delenv(DEMO_MARK, raising=False)
    digest = hashlib.sha256(b"k").hexdigest()
    for name, value in {
        "NETIGATE_API_KEY": "11111111-2222-4333-8444-555555555555",
        "NETIGATE_SURVEYS": "4711",
        "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
        "API_KEYS": f"crm:{digest}:results",
        "REDIS_URL": valkey_url,
        "DATA_DIR": str(tmp_path / "data"),
    }.items():
        monkeypatch.setenv(name, value)
    return load()


@pytest.fixture
def account(options, valkey):
    """The account that the command works on, filled."""
    house = House(valkey)
    house.keys = store_keys(options)
    house.store = redis_store(valkey, house.keys, house.clock)
    house.change_feed = type(house.change_feed)(house.store, house.change_feed._options, house.surveys, house.clock)
    house.file(make_set(1, "Mycket missnöjd", customer="C-1", respondent=1, at=START - DAY))
    house.file(make_set(2, "Missnöjd", customer="C-1", respondent=2, comment="Aj"))
    house.file(make_set(3, "Missnöjd", customer="C-2", respondent=2))
    return house


def purge(*arguments):
    done = CliRunner().invoke(main, ["purge", *arguments])
    return done.exit_code, done.output


def receipt(*arguments):
    """What was removed, without what the receipt says beside that."""
    found = full_receipt(*arguments)
    return {name: value for name, value in found.items() if name not in {"kept_out", "file_rewritten"}}


def full_receipt(*arguments):
    status, output = purge(*arguments)
    assert status == 0, output
    return json.loads(output)


def test_a_customer_goes_with_all_its_respondents_and_stays_out(account):
    assert receipt("--customer", " C-1 ") == {"results": 2, "known": 0, "changes": 1, "keys": 0}
    assert (account.sets_of("C-1"), account.sets_of("C-2")) == ([], [3])
    assert account.sets_of_respondent(2) == [3]
    account.file(make_set(9, "Nöjd", customer="C-1", respondent=1, at=START + DAY))
    assert account.sets_of("C-1") == []
    assert receipt("--customer", "C-1", "--lift") == {"lifted": True}
    assert receipt("--customer", "C-1", "--lift") == {"lifted": False}
    account.file(make_set(9, "Nöjd", customer="C-1", respondent=1, at=START + DAY))
    assert account.sets_of("C-1") == [9]


def test_a_respondent_goes_from_every_customer_and_stays_out(account):
    assert receipt("--respondent", "2")["results"] == 2
    assert (account.sets_of("C-1"), account.sets_of("C-2"), account.sets_of_respondent(2)) == ([1], [], [])
    account.file(make_set(9, customer="C-5", respondent=2))
    assert account.sets_of("C-5") == []
    assert receipt("--respondent", "2", "--lift") == {"lifted": True}


def test_lifting_makes_the_next_sweep_read_everything(account):
    account.store.control.set_state(4711, type(account.store.control.state(4711))(filled=1, watermark=1))
    receipt("--customer", "C-1")
    receipt("--customer", "C-1", "--lift")
    assert account.store.control.state(4711).filled is None


@pytest.mark.parametrize("swept_meanwhile", [False, True])
def test_lifting_waits_for_a_sweep_but_not_for_ever(account, swept_meanwhile):
    control = account.store.control
    control.set_state(4711, replace(control.state(4711), filled=1, page=3))
    receipt("--customer", "C-1")
    token = control.take_lease(4711, 60) if swept_meanwhile else None
    receipt("--customer", "C-1", "--lift")
    assert (control.state(4711).filled, control.state(4711).page) == (None, 0)
    assert control.keep_lease(4711, token or "", 0) == swept_meanwhile  # not taken from who sweeps
    assert control.take_lease(4711, 60)  # and free for the next


def test_a_survey_is_forgotten(account):
    assert receipt("--survey", "4711") == {"results": 3, "known": 0, "changes": 2, "keys": 0}
    assert account.store.eraser.known_surveys() == []


def test_a_purge_is_on_disk_before_its_receipt_and_holds_when_redis_loses_everything(account, options):
    assert full_receipt("--customer", "C-1")["kept_out"] == {"on_disk": True}
    account.client.flushall()
    with capture_logs():
        keeper(options, account.store).hold()  # as a worker does before it sweeps, with nothing but the file
    account.file(make_set(1, "Mycket missnöjd", customer="C-1", respondent=1))
    account.file(make_set(3, "Missnöjd", customer="C-2", respondent=2))
    assert (account.sets_of("C-1"), account.sets_of("C-2")) == ([], [3])
    assert receipt("--customer", "C-1", "--lift") == {"lifted": True}
    keeper(options, account.store).hold()
    account.file(make_set(1, "Mycket missnöjd", customer="C-1", respondent=1, updated=START + DAY))
    assert account.sets_of("C-1") == [1]


def test_a_receipt_says_where_nothing_is_on_disk(account, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "data"))  # no folder can be made there
    with capture_logs():
        assert full_receipt("--respondent", "1")["kept_out"] == {"on_disk": False}


def test_all_leaves_no_key(account):
    found = receipt("--all")
    assert (found["results"], found["others"]) == (3, [])
    assert account.client.keys(f"*{account.keys.account}*") == []


@pytest.fixture
def left(account):
    """What an old key has left, and what another deployment sweeps."""
    houses = {name: House(account.client, account=name) for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")}
    for house in houses.values():
        house.file(make_set(1, "Nöjd", customer="C-9"))
    used = redis_store(account.client, houses["bbbbbbbbbbbb"].keys, SystemClock())
    used.lists.renew((4711,))
    return houses


def test_all_names_the_data_of_other_accounts_and_removes_them_when_told(account, left):
    others = {other["account"]: other["in_use"] for other in receipt("--all")["others"]}
    assert others == {"aaaaaaaaaaaa": False, "bbbbbbbbbbbb": True}
    found = receipt("--all", "--others")
    assert (found["results"], found["erased"]) == (1, ["aaaaaaaaaaaa"])
    assert left["bbbbbbbbbbbb"].sets_of("C-9") == [1]  # in use: only by its name
    assert receipt("--all", "--account", "bbbbbbbbbbbb")["others"] == []
    assert account.client.keys("nr:*") == []


def test_an_account_that_is_not_there_is_said_with_those_that_are(account, left):
    status, output = purge("--all", "--account", "cccccccccccc")
    assert status == 2
    assert "aaaaaaaaaaaa, bbbbbbbbbbbb" in output
    assert account.sets_of("C-2") == [3]


def test_who_is_kept_out_cannot_be_read_from_the_store(account):
    receipt("--customer", "C-1")
    kept = account.client.hgetall(account.keys.kept_out)
    assert len(kept) == 1
    assert not any(b"C-1" in part for pair in kept.items() for part in pair)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--customer", "a", "--all"),
        ("--customer", " "),
        ("--survey", "0"),
        ("--lift", "--all"),
        ("--respondent", "x"),
        ("--account", "a"),
        ("--others", "--customer", "a"),
        ("--all", "--others", "--account", "a"),
    ],
)
def test_bad_use_is_said_and_removes_nothing(account, arguments):
    status, output = purge(*arguments)
    assert status == 2
    assert "Error" in output
    assert account.sets_of("C-2") == [3]


def test_missing_options_are_named(monkeypatch):
    monkeypatch.delenv("NETIGATE_API_KEY", raising=False)
    status, output = purge("--all")
    assert status == 2
    assert "NETIGATE_API_KEY is missing" in output


def test_a_store_that_is_away_is_said(options, monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/none")
    status, output = purge("--all")
    assert (status, output.strip()) == (2, "The store cannot be reached.")


def test_without_redis_url_it_is_the_embedded_server_of_the_data_directory(options, monkeypatch, tmp_path):
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert embedded.socket_path(tmp_path.resolve()).name == "valkey.sock"
    assert purge("--all")[0] == 2
