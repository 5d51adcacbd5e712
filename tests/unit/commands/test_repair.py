"""The command `repair`: names what is damaged, heals it, and says when there is nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from service.commands.check.place import look_at_stored
from service.commands.check.report import Report
from tests.unit.commands.test_purge import account, options

__all__ = ["account", "options"]


def repair(*arguments):
    done = CliRunner().invoke(main, ["repair", *arguments])
    return done.exit_code, done.output


def test_it_names_and_heals_and_a_dry_run_changes_nothing(account):
    before = account.summary("C-1")
    assert repair("--dry-run")[0] == 0
    account.client.set(account.keys.standing, "foreign")
    account.client.hset(account.keys.states, "C-1", "[[")
    status, told = repair("--dry-run")
    assert status == 1
    assert "standing: 1 × another type (rebuilt from states)" in told
    assert repair("--dry-run") == (status, told)
    assert repair()[0] == 0
    status, told = repair("--dry-run")
    assert (status, told.splitlines()[-1].endswith("; 0 damaged")) == (0, True)
    assert account.summary("C-1") == before
    assert account.client.zscore(account.keys.standing, "C-1") is not None


def test_a_key_of_no_family_is_named_and_left_alone(account):
    account.client.set("nr:{" + account.keys.account + "}:foreign", "x")
    status, told = repair()
    assert status == 0
    assert "unknown: 1 × key of no family (left alone)" in told
    assert account.client.exists("nr:{" + account.keys.account + "}:foreign")


@pytest.mark.parametrize("url", ["unix:///nowhere/at/all"])
def test_without_a_store_it_says_so(monkeypatch, options, url):
    monkeypatch.setenv("REDIS_URL", url)
    assert repair() == (2, "The store cannot be reached.\n")


def test_check_names_damage(account):
    lines: list[str] = []
    look_at_stored(Report(lines.append), account.store)
    assert "stored keys are whole" in lines[-1]
    account.client.set(account.keys.states, "foreign")
    report = Report(lines.append)
    look_at_stored(report, account.store)
    assert report.failures == 1
    assert any("damaged in Redis: states" in line for line in lines)
