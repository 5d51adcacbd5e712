"""README and docs/connect.md, typed command by command in a fresh clone, with the simulator in Netigate's place."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.harness import http
from tests.harness.console import Console, commands, fresh_copy
from tests.harness.processes import free_port, without_options
from tests.harness.simulator import SimulatorProcess


@pytest.fixture(scope="module")
def account():
    with SimulatorProcess(customers=20) as running:
        yield running


@pytest.fixture
def console(account, tmp_path):
    """A shell in a clone; its .venv is this one, since `make pythons` looks at how one is made."""
    fresh_copy(tmp_path)
    for path in (tmp_path / "pyproject.toml", *tmp_path.glob("requirements/*.txt")):
        os.utime(path, (0, 0))  # make takes the environment for a new one, and leaves it alone
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    port = free_port()
    ours = without_options(NETIGATE_BASE_URL=account.base_url, PORT=str(port))
    blanks = {"NETIGATE_API_KEY=…": f"NETIGATE_API_KEY={account.key}", ":8000": f":{port}"}
    with Console(tmp_path, ours, blanks) as console:
        console.address = f"http://127.0.0.1:{port}"
        yield console


def test_what_is_typed_is_found():
    page = "x\n```console\n$ one\nout\n$ two \\\n> three\n```\n```python\n$ no\n```\n   ```console\n   $ four\n   ```\n"
    assert commands(page) == ["one", "two \\\nthree", "four"]


def test_a_command_that_fails_is_told(console):
    with pytest.raises(AssertionError, match="no-such-command"):
        console.type("no-such-command")


def test_the_readme_from_a_fresh_clone(console):
    console.read("README.md")
    assert '"band": "very_dissatisfied"' in console.said
    assert "All well." in console.said
    assert "Options from .env: NETIGATE_API_KEY, NETIGATE_SURVEYS" in console.said
    (key, *_) = re.findall(r"^Key, .*\n  (\S+)$", console.said, re.MULTILINE)
    found = http.get(f"{console.address}/v1/customers/C-1001/satisfaction", key)
    assert found.json()["band"] == "very_dissatisfied"


def test_connect_leads_to_a_card_in_a_crm(console):
    console.read("docs/connect.md")
    assert "https://results.example.com/crm/pipedrive/panel" in console.said
    token = re.findall(r"^eyJ\S+$", console.said, re.MULTILINE)[-1]
    card = http.get(f"{console.address}/widget/customers/C-1001?token={token}&lang=sv")
    assert card.status_code == 200
    assert "Mycket missnöjd" in card.text
