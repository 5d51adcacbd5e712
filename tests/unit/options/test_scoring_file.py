"""SCORING_FILE: what it may say, and that a bad one names the line."""

import pytest

from service.options.scoring_file import ScoringFileError, load
from service.survey.model import Direction, Kind

GOOD = """\
# what our account knows better
[[item]]
survey = 4711
item = 31
headline = true
kind = "effort"
direction = "descending"
wordings = { "Sådär" = 40, "Vet inte riktigt" = "no_score" }

[[item]]
survey = 4711
item = 32
leave_out = true

[wordings]
"TOPPEN!" = 100
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "scoring.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_everything_it_may_say(written):
    overrides = load(written(GOOD))
    named = overrides.item(4711, 31)
    assert (named.headline, named.excluded, named.kind) == (True, False, Kind.EFFORT)
    assert named.direction is Direction.DESCENDING
    assert overrides.wording(named, "SÅDÄR") == (True, 40.0)
    assert overrides.wording(named, "vet inte riktigt") == (True, None)
    assert overrides.wording(named, "Toppen!") == (True, 100.0)
    assert overrides.wording(named, "Bra") == (False, None)
    assert overrides.item(4711, 32).excluded
    assert overrides.item(1, 1).headline is False


def test_an_empty_file_and_a_byte_order_mark_are_fine(written):
    assert load(written("")).items == {}
    assert load(written(b"\xef\xbb\xbf" + GOOD.encode())).items


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("[[item]]\nsurvey = \n", 2, "is not TOML"),
        ("[[item]]\nsurvey = 1\nitem = 2\nheadline = maybe\n", 4, "is not TOML"),
        ('x = "', 1, "is not TOML"),
        ("[[items]]\nsurvey = 1\n", 1, "unknown 'items'"),
        ("[[item]]\nsurvey = 1\nitem = 2\n\n[[item]]\nsurvey = 1\nitem = 3\nheadlin = true\n", 8, "unknown 'headlin'"),
        ("[item]\nsurvey = 1\n", 1, "[[item]]"),
        ("[[item]]\nitem = 2\n", 1, "survey must be"),
        ("[[item]]\nsurvey = true\nitem = 2\n", 2, "survey must be"),
        ("[[item]]\nsurvey = 1\nitem = '2'\n", 3, "item must be"),
        ("[[item]]\nsurvey = 1\nitem = 2\nheadline = 1\n", 4, "headline must be true or false"),
        ("[[item]]\nsurvey = 1\nitem = 2\nleave_out = 'no'\n", 4, "leave_out must be"),
        ("[[item]]\nsurvey = 1\nitem = 2\nkind = 'csat'\n", 4, "kind must be one of"),
        ("[[item]]\nsurvey = 1\nitem = 2\ndirection = 'up'\n", 4, "direction must be one of"),
        ("[[item]]\nsurvey = 1\nitem = 2\nkind = ['nps']\n", 4, "kind must be one of"),
        ("[[item]]\nsurvey = 1\nitem = 2\nwordings = 4\n", 4, "must be a table"),
        ("[[item]]\nsurvey = 1\nitem = 2\nwordings = { Bra = 101 }\n", 4, "from 0 to 100"),
        ("\n\n[wordings]\nBra = 80\nUsel = true\n", 5, "from 0 to 100"),
        ("[wordings]\n'Bra (4)' = 'high'\n", 2, "from 0 to 100"),
        ("wordings = 4\n", 1, "must be a table"),
        ("[[item]]\nsurvey = 1\nitem = 2\n[[item]]\nsurvey = 1\nitem = 2\n", 4, "second time"),
        ("item = [{survey = 1, item = 2, oops = 3}]\n", 1, "unknown 'oops'"),
    ],
)
def test_a_bad_file_names_the_line(written, text, line, problem):
    with pytest.raises(ScoringFileError) as caught:
        load(written(text))
    assert caught.value.line == line
    assert problem in str(caught.value)
    assert f"line {line}" in str(caught.value)


def test_a_file_that_cannot_be_read_says_so(tmp_path, written):
    with pytest.raises(ScoringFileError, match="cannot be read"):
        load(tmp_path / "none.toml")
    with pytest.raises(ScoringFileError, match="cannot be read") as caught:
        load(written(b"\xff\xfe"))
    assert caught.value.line is None
