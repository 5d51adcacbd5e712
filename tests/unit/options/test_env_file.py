"""Options from a `.env` file: which count, what is said, and what is refused."""

from __future__ import annotations

import pytest

from service.options import env_file
from service.options.settings import SettingsError


@pytest.fixture
def read(tmp_path):
    """Read a file with this text into an environment; what is then there, and what was said."""

    def read(text: str | bytes, **environment: str) -> tuple[dict[str, str], str]:
        path = tmp_path / ".env"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        said: list[str] = []
        env_file.read(said.append, path, environment)
        return environment, "\n".join(said)

    return read


def test_no_file_is_nothing_to_say(tmp_path):
    said: list[str] = []
    env_file.read(said.append, tmp_path / ".env", {})
    assert said == []


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("API_KEYS=crm:ab12:results+changes,poll:cd34:changes", "crm:ab12:results+changes,poll:cd34:changes"),
        ("export API_KEYS = a  # made in May", "a"),
        ("API_KEYS='a # b'", "a # b"),
        ("API_KEYS=a$HOME${X}", "a$HOME${X}"),
        ("API_KEYS=åäö", "åäö"),
        ("API_KEYS=", ""),
        ("API_KEYS=first\nAPI_KEYS=last", "last"),
        ('API_KEYS="-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"',
         "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"),
        ("\ufeffAPI_KEYS=from Windows\r\n", "from Windows"),
    ],
)  # fmt: skip
def test_a_line_is_read_as_it_is_meant(read, line, value):
    assert read(line)[0] == {"API_KEYS": value}


def test_it_says_which_names_it_took_and_no_value(read):
    environment, said = read("PORT=9\nWIDGET_SECRET=hush\n# PUBLIC_URL=x\n")
    assert environment == {"PORT": "9", "WIDGET_SECRET": "hush"}
    assert said.endswith(".env: PORT, WIDGET_SECRET")


@pytest.mark.parametrize("already", ["8", ""])
def test_the_environment_goes_before_the_file(read, already):
    environment, said = read("PORT=9\n", PORT=already)
    assert environment == {"PORT": already}
    assert "as the environment has them: PORT" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PORT=1\nhush hush\n", "no NAME=value in line 2"),
        ("\n\n=hush\n", "no NAME=value in line 3"),
        ("hush\n", "no NAME=value in line 1"),
        ("A=hush\0\n", "no NAME=value in line 1"),
        ('A="hush\nPORT=1\n', "no NAME=value in line 1"),
        ("A=å".encode("latin-1"), "cannot be read: not UTF-8 text"),
    ],
)
def test_what_is_no_such_file_is_refused_without_its_content(read, text, said):
    environment: dict[str, str] = {}
    with pytest.raises(SettingsError, match=said) as refused:
        read(text, **environment)
    assert "hush" not in str(refused.value)


def test_a_folder_of_that_name_cannot_be_read(tmp_path):
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        env_file.read(print, tmp_path / ".env", {})
