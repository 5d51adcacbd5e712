"""A secret may stand in a file that NAME_FILE names, and is read anew each time."""

from __future__ import annotations

import re

import pytest

from service.crm.options import CRM_OPTIONS
from service.options.environment import written
from service.options.option_table import OPTIONS, SECRETS

NAMES = [*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS)]


def test_whatever_is_called_a_secret_may_stand_in_a_file():
    assert {name for name in NAMES if re.search(r"SECRET$|_KEYS?$|_TOKEN$", name)} <= SECRETS


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_file_goes_before_the_variable_and_is_read_again(name, monkeypatch, tmp_path):
    file = tmp_path / "secret"
    monkeypatch.setenv(name, "of the variable")
    monkeypatch.setenv(f"{name}_FILE", str(file))
    for content in ("first", "second"):
        file.write_text(f"  {content}\n")
        assert written([name], SECRETS) == ({name: content}, [])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "WIDGET_SECRET_FILE must name a file that can be read"),
        (b"\xff", "WIDGET_SECRET_FILE must name a file that can be read"),
        (b" \n", "WIDGET_SECRET_FILE names a file that is empty"),
    ],
)
def test_a_file_that_is_no_good_is_told_and_the_variable_does_not_stand_in_for_it(content, told, monkeypatch, tmp_path):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("WIDGET_SECRET", "of the variable")
    monkeypatch.setenv("WIDGET_SECRET_FILE", str(file))
    assert written(["WIDGET_SECRET"], SECRETS) == ({"WIDGET_SECRET": ""}, [told])


def test_what_is_no_secret_has_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("PORT_FILE", str(tmp_path))
    assert written(["PORT"], SECRETS) == ({"PORT": ""}, [])
