"""A copy on this machine's disk of who was purged for good, so that purges outlive a Redis that loses everything."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping


class KeepOutFile:
    """Digests and moments as JSON, readable by its owner alone; each write replaces it whole."""

    def __init__(self, directory: Path, account: str) -> None:
        self._path = directory / f"kept-out-{account}.json"

    def load(self) -> dict[str, int]:
        """What was saved last; nothing where there is no file, or it cannot be read."""
        try:
            found = orjson.loads(self._path.read_bytes())
            return {str(mark): int(since) for mark, since in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def save(self, marks: Mapping[str, int]) -> None:
        """Replace the file, synced to disk. Raises OSError."""
        if not marks and not self._path.exists():
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=self._path.parent, prefix=".kept-out-")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(orjson.dumps(dict(marks), option=orjson.OPT_SORT_KEYS))
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
            raise
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        """Forget everything, as `purge --all` does."""
        self._path.unlink(missing_ok=True)
