"""The command line: what it says, and with which status it ends."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from service.cli import main
from service.options import settings
from service.options.settings import OPTIONS


@pytest.fixture
def call(monkeypatch, tmp_path):
    for option in OPTIONS:
        monkeypatch.delenv(option.name, raising=False)
    monkeypatch.delenv(settings.DEMO_MARK, raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **variables: CliRunner().invoke(main, arguments, env=variables)


def test_it_says_what_it_can_do(call):
    told = call("--help")
    assert told.exit_code == 0
    for command in ("run", "web", "worker", "openapi", "simulate"):
        assert f"\n  {command} " in told.output


def test_its_version(call):
    assert ", version " in call("--version").output


@pytest.mark.parametrize("command", ["web", "worker"])
def test_missing_options_end_it_with_one_message(call, command):
    told = call(command, PORT="x")
    assert (told.exit_code, told.stdout) == (2, "")
    (line,) = told.stderr.splitlines()
    for name in ("NETIGATE_API_KEY", "NETIGATE_SURVEYS", "NETIGATE_CUSTOMER_LABEL", "REDIS_URL", "API_KEYS", "PORT"):
        assert line.count(name) == 1


def test_run_with_a_key_and_nothing_else_says_what_is_missing(call):
    told = call("run", NETIGATE_API_KEY="k")
    assert told.exit_code == 2
    assert "NETIGATE_SURVEYS is missing" in told.stderr
    assert "REDIS_URL" not in told.stderr


def test_run_refuses_a_port_that_is_taken(call):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = call("run", PORT=str(taken.getsockname()[1]))
    assert told.exit_code == 2
    assert "cannot be used" in told.stderr


def test_the_contract_is_printed_as_it_is_served(call):
    told = call("openapi")
    assert told.exit_code == 0
    assert yaml.safe_load(told.output)["openapi"].startswith("3.1")


def test_an_unknown_command(call):
    assert call("fly").exit_code == 2
