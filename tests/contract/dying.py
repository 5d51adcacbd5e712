"""A filer that is killed at the worst moment."""

from __future__ import annotations

from service.store.filing.filer import Filer


class KilledError(Exception):
    """Stands for a SIGKILL."""


class DyingFiler(Filer):
    """Dies after the partitions are written and before anything is committed."""

    def commit(self, *_: object, **__: object) -> list[str]:
        raise KilledError
