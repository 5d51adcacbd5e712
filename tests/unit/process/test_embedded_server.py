"""Where the embedded server listens: in a folder that is its user's alone."""

from __future__ import annotations

import tempfile

import pytest

from service.process import embedded_server
from service.process.supervisor import StartError


@pytest.fixture
def deep(tmp_path, monkeypatch):
    """A data directory whose path is too long for a socket file, beside a temporary folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / ("d" * 120)


def test_a_socket_file_stands_in_the_data_directory_if_its_path_is_short_enough(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded_server, "LONGEST_SOCKET_PATH", 4096)
    assert embedded_server.make_folder(tmp_path) == tmp_path / "valkey.sock"


def test_else_in_a_folder_that_nobody_else_may_enter(deep, tmp_path):
    path = embedded_server.make_folder(deep)
    assert path.parent.parent == tmp_path
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert embedded_server.make_folder(deep) == path


def test_a_folder_that_others_may_enter_is_refused(deep):
    embedded_server.socket_path(deep).parent.mkdir(mode=0o755)
    with pytest.raises(StartError, match="DATA_DIR"):
        embedded_server.make_folder(deep)


def test_a_link_to_somewhere_else_is_refused(deep, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    embedded_server.socket_path(deep).parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartError, match="DATA_DIR"):
        embedded_server.make_folder(deep)
