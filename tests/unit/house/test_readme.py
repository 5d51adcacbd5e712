"""The README's table of options against the code."""

from __future__ import annotations

import re
import runpy

import pytest

from service.crm.options import CRM_OPTIONS
from service.options.settings import OPTIONS
from tests.support.service import ROOT

README = (ROOT / "README.md").read_text("utf-8")
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "readme.py"))
TABLE = README.partition("<!-- options -->")[2].partition("<!-- /options -->")[0]
ROWS = {
    name: (default, text)
    for name, default, text in re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", TABLE, re.MULTILINE)
}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_stands_in_the_readme_with_its_default_and_its_sentence(option):
    default, text = ROWS[option.name]
    assert text == option.text
    wanted = "needed" if option.required else f"`{option.default}`" if option.default else "–"
    assert default == wanted


def test_the_readme_knows_no_option_that_the_code_does_not():
    assert list(ROWS) == [option.name for option in OPTIONS]


@pytest.mark.parametrize(("name", "text"), CRM_OPTIONS, ids=[name for name, _ in CRM_OPTIONS])
def test_every_option_of_the_crm_hosts_stands_there_too(name, text):
    assert f"| `{name}` | {text} |" in TABLE.splitlines()


def test_the_table_is_as_the_script_writes_it():
    assert SCRIPT["filled"](README) == README, "run `make docs`"


@pytest.mark.parametrize("text", ["", "<!-- options -->", "<!-- /options --><!-- options -->"])
def test_a_readme_without_the_markers_is_told_so(text):
    with pytest.raises(ValueError, match="once each"):
        SCRIPT["filled"](text)
