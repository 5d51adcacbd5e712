"""`netigate-results key` makes keys that the service takes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import main
from service.web.api_keys import parse_api_keys
from service.web.auth import KeyRing


def made(*arguments: str) -> tuple[str, str]:
    """The key and its entry."""
    run = CliRunner().invoke(main, ["key", *arguments])
    assert run.exit_code == 0, run.output
    key, entry = (line.strip() for line in run.output.splitlines() if line.startswith("  "))
    return key, entry


@pytest.mark.parametrize(
    "scopes",
    [
        ["--scope", "results"],
        ["--scope", "results", "--scope", "comments"],
        ["--scope", "results+comments+changes"],
        ["--scope", "results, changes"],
    ],
)
def test_the_key_opens_what_its_entry_says(scopes: list[str]) -> None:
    key, entry = made("crm", *scopes)
    caller = KeyRing(parse_api_keys(entry)).caller(key)
    assert caller is not None
    assert caller.name == "crm"
    wanted = {part.strip() for scope in scopes[1::2] for part in scope.replace("+", ",").split(",")}
    assert caller.scopes == wanted
    assert key not in entry


def test_no_two_keys_are_the_same_and_each_is_long() -> None:
    keys = {made("crm", "--scope", "results")[0] for _ in range(10)}
    assert len(keys) == 10
    assert all(len(key) >= 43 for key in keys)  # 256 bits


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["crm"], "--scope"),
        (["crm", "--scope", "everything"], "changes, comments, results"),
        (["crm", "--scope", " "], "changes, comments, results"),
        (["c r m", "--scope", "results"], "NAME"),
        (["x" * 65, "--scope", "results"], "NAME"),
        (["a:b", "--scope", "results"], "NAME"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_with_status_2(arguments: list[str], told: str) -> None:
    run = CliRunner().invoke(main, ["key", *arguments])
    assert run.exit_code == 2
    assert told in run.output
