"""Folders that live as long as a process. Their names hold its id, so that leftovers of killed processes are found."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder that is removed at the end of the `with` block; so are those that dead processes have left."""
    _remove_leftovers(prefix)
    made = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _remove_leftovers(prefix: str) -> None:
    name = re.compile(re.escape(prefix) + r"(\d+)-\w+")
    for entry in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        found = name.fullmatch(entry.name)
        if found and not _lives(int(found[1])) and _is_ours(entry):
            shutil.rmtree(entry, ignore_errors=True)


def _is_ours(entry: Path) -> bool:
    try:
        return entry.lstat().st_uid == os.getuid()
    except OSError:
        return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
