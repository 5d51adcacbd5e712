"""Scripts that only read, declared as such to a Redis that understands it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import redis

from service.store.connection.clients import script

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.store.connection.clients import Client

T = TypeVar("T")


class ReadScript:
    """A script that is declared to read only, so that it runs while writes are refused or paused.

    (Redis before 7 takes that line for a syntax error.)
    """

    FLAGS = "#!lua flags=no-writes\n"

    def __init__(self, *names: str) -> None:
        """`names`: the script's, after those of what it calls."""
        self._plain = "".join(map(script, names))
        self._flagged = True

    def run(self, ask: Callable[[str], T]) -> T:
        """What `ask` returns for the script's text."""
        if self._flagged:
            try:
                return ask(self.FLAGS + self._plain)
            except redis.ResponseError as error:
                if "near '#'" not in str(error):
                    raise
                self._flagged = False
        return ask(self._plain)

    def eval(self, client: Client, keys: Sequence[str], *args: Any) -> Any:  # noqa: ANN401  (Redis' arguments and reply)
        return self.run(lambda text: client.eval(text, len(keys), *keys, *args))
