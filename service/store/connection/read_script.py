"""Scripts that only read, told apart from those that write where Redis can tell them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import redis

from service.store.connection.clients import script

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class ReadScript:
    """A script that only reads, and says so, so that it runs while writes are refused or paused.

    (Redis before 7 takes the line that says it for a mistake.)
    """

    FLAGS = "#!lua flags=no-writes\n"

    def __init__(self, name: str) -> None:
        self._plain = script(name)
        self._flagged = True

    def run(self, ask: Callable[[str], T]) -> T:
        """What `ask` brings with the script's text."""
        if self._flagged:
            try:
                return ask(self.FLAGS + self._plain)
            except redis.ResponseError as error:
                if "near '#'" not in str(error):
                    raise
                self._flagged = False
        return ask(self._plain)
