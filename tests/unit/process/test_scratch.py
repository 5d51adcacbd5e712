"""A process's folder goes with it, and what a killed one has left goes at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from service.process import scratch

PREFIX = "nr-scratch-"


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_goes_with_its_user(temporary):
    with scratch.folder(PREFIX) as made:
        (made / "file").touch()
        assert made.parent == temporary
    assert not made.exists()


def test_what_a_killed_process_left_goes_and_nothing_else(temporary):
    left = temporary / f"{PREFIX}{dead()}-abc_1"
    others = [temporary / f"{PREFIX}{os.getppid()}-abc", temporary / f"{PREFIX}x-abc", temporary / "nr-other-1-abc"]
    for folder in (left, *others):
        folder.mkdir()
        (folder / "file").touch()
    with scratch.folder(PREFIX) as made:
        assert not left.exists()
        assert all(folder.exists() for folder in (*others, made))


def test_a_process_number_that_cannot_be_is_left_alone(temporary):
    odd = Path(temporary / f"{PREFIX}{10**30}-abc")
    odd.mkdir()
    with scratch.folder(PREFIX):
        assert odd.exists()
