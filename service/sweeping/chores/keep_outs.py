"""Keeps purges in force if Redis loses its data: copies in this process and on disk, put back before each sweep."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from service.store.filing.keep_out_file import KeepOutFile
    from service.store.filing.keep_outs import KeepOuts, Marks

log = structlog.get_logger()

HOLD_EVERY = 10.0  # seconds between two looks at the list


class Keeper:
    """Safe between threads."""

    def __init__(self, keep_outs: KeepOuts, file: KeepOutFile | None) -> None:
        """`file`: None where nothing may be kept on disk (the demo)."""
        self._keep_outs = keep_outs
        self._file = file
        self._lock = threading.Lock()
        self._copy: Marks = {}
        self._told = False

    def hold(self) -> bool:
        """Put back what Redis has lost, and keep a copy. Returns whether that is on disk. Raises StoreError."""
        with self._lock:
            on_disk = self._file.load() if self._file else {}
            self._copy, restored = self._keep_outs.restore(on_disk | self._copy)
            if restored:
                log.error("keep_outs_restored", count=restored)
            return self._file is not None and (on_disk == self._copy or self._save(self._file))

    def _save(self, file: KeepOutFile) -> bool:
        try:
            file.save(self._copy)
        except OSError as error:
            if not self._told:
                log.warning("keep_outs_not_on_disk", error=type(error).__name__, errno=error.errno)
            self._told = True
            return False
        self._told = False
        return True
