"""`netigate-results check` as it is typed: over HTTP, and with options that are bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from service.cli import main
from service.crm.options import CRM_OPTIONS
from service.options.option_table import OPTIONS

if TYPE_CHECKING:
    from tests.harness.simulator import SimulatorProcess


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> pytest.MonkeyPatch:
    for name in (*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)  # no .env file of somebody's
    return monkeypatch


@pytest.fixture(scope="module")
def simulator() -> Any:
    from tests.harness.simulator import SimulatorProcess

    with SimulatorProcess(customers=20) as running:
        yield running


def test_the_command_over_http(simulator: SimulatorProcess, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("NETIGATE_API_KEY", simulator.key)
    clean.setenv("NETIGATE_BASE_URL", simulator.base_url)
    run = CliRunner().invoke(main, ["check", "--survey", "4711"])
    assert run.exit_code == 0, run.output
    assert "NETIGATE_SURVEYS=4711 " in run.output
    assert "NETIGATE_CUSTOMER_LABEL=CRM-ID" in run.output
    assert simulator.key not in run.output
    assert simulator.violations == []


def test_the_command_with_a_wrong_key(simulator: SimulatorProcess, clean: pytest.MonkeyPatch) -> None:
    clean.setenv("NETIGATE_API_KEY", "wrong-key")
    clean.setenv("NETIGATE_BASE_URL", simulator.base_url)
    run = CliRunner().invoke(main, ["check"])
    assert run.exit_code == 1
    assert "the server refuses the key" in run.output
    assert "wrong-key" not in run.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "NETIGATE_API_KEY is missing"),
        ({"NETIGATE_API_KEY": "k", "NETIGATE_BASE_URL": "ftp://x"}, "NETIGATE_BASE_URL must be"),
        ({"NETIGATE_API_KEY": "k", "REDIS_URL": "nonsense"}, "REDIS_URL must be"),
        ({"NETIGATE_API_KEY": "ö"}, "API key"),
        ({"NETIGATE_API_KEY": "k", "HUBSPOT_CLIENT_SECRET": "s"}, "HUBSPOT_CLIENT_SECRET needs PUBLIC_URL"),
        ({"NETIGATE_API_KEY": "k", "WIDGET_SECRET": "short"}, "WIDGET_SECRET"),
        ({"NETIGATE_API_KEY": "k", "PIPEDRIVE_JWT_SECRET": "short"}, "PIPEDRIVE_JWT_SECRET needs at least 32"),
        ({"NETIGATE_API_KEY": "k", "PORT": "x"}, "PORT"),
    ],
)
def test_bad_options_are_named_with_status_2(clean: pytest.MonkeyPatch, options: dict[str, str], said: str) -> None:
    for name, value in options.items():
        clean.setenv(name, value)
    run = CliRunner().invoke(main, ["check"])
    assert (run.exit_code, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert said in line


def test_a_bad_scoring_file_is_named(clean: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "scoring.toml"
    path.write_text("[[item]]\nsurvey = 'x'\n")
    clean.setenv("NETIGATE_API_KEY", "k")
    clean.setenv("SCORING_FILE", str(path))
    run = CliRunner().invoke(main, ["check"])
    assert run.exit_code == 2
    assert "line" in run.output
