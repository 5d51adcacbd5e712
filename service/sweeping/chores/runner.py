"""Periodic work of a worker beside its sweeps. A chore that fails is tried again, and ends no sweep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.ports import Clock

log = structlog.get_logger()

AFTER_FAILURE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Chore:
    """Work to be done every `every` seconds, for the first time after `first` seconds."""

    name: str
    every: float
    do: Callable[[], object]
    first: float = 0.0


@dataclass(slots=True)
class Chores:
    """Does what is due. Use from one thread."""

    clock: Clock
    chores: Sequence[Chore] = ()
    _due: dict[str, float] = field(init=False)  # monotonic

    def __post_init__(self) -> None:
        started = self.clock.monotonic()
        self._due = {chore.name: started + chore.first for chore in self.chores}

    def do_due(self) -> None:
        """Never raises."""
        for chore in self.chores:
            if self.clock.monotonic() >= self._due[chore.name]:
                self._due[chore.name] = self.clock.monotonic() + (chore.every if _done(chore) else AFTER_FAILURE)


def _done(chore: Chore) -> bool:
    try:
        chore.do()
    except ServiceError as error:
        log.warning("chore_failed", chore=chore.name, error=type(error).__name__, cause=str(error))
        return False
    except Exception:
        log.exception("chore_broke", chore=chore.name)
        return False
    return True
