"""What a reader does about damage, in one place: take it for a miss, count it, and ask for a repair."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final, TypeVar

from service.observability.metric_table import DAMAGED
from service.store.connection.guard import guard, is_damage
from service.survey.errors import DamagedValueError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.store.connection.clients import Client
    from service.store.keys import Keys

T = TypeVar("T")
REPAIR_DUE: Final = 0  # stands for the repair among the surveys whose reconcile is due


class Tolerance:
    """Reads around damage. Noting damage never raises."""

    def __init__(self, client: Client, keys: Keys, count: Callable[[Mapping[tuple[str, ...], float]], None]) -> None:
        self._client = client
        self._keys = keys
        self._count = count

    def note(self, family: str, count: int = 1) -> None:
        """Count damage, and have the worker repair what there is."""
        self._count({(DAMAGED.name, family): count})
        self.ask(REPAIR_DUE)

    def ask(self, *surveys: int) -> None:
        """Have these surveys reconciled soon, or what is stored repaired (REPAIR_DUE)."""
        with contextlib.suppress(StoreError), guard():
            self._client.sadd(self._keys.damaged, *map(str, surveys))

    def asked(self) -> set[int]:
        """What is due. Raises StoreError."""
        try:
            with guard():
                found: Any = self._client.smembers(self._keys.damaged)
        except DamagedValueError:
            return {REPAIR_DUE}
        return {int(name) if name.isdigit() else REPAIR_DUE for name in found}

    def done(self, *surveys: int) -> None:
        """Strike out what was asked for. Raises StoreError."""
        with contextlib.suppress(DamagedValueError), guard():
            self._client.srem(self._keys.damaged, *map(str, surveys))

    def values(self, family: str, decode: Callable[[Any], T], stored: Sequence[Any]) -> list[T | None]:
        """Each decoded; None for one that is absent or cannot be read."""
        found: list[T | None] = []
        bad = 0
        for value in stored:
            try:
                found.append(decode(value) if value else None)
            except DamagedValueError:
                found.append(None)
                bad += 1
        if bad:
            self.note(family, bad)
        return found

    def value(self, family: str, decode: Callable[[Any], T], stored: Any) -> T | None:  # noqa: ANN401
        """As `values`, for one."""
        return self.values(family, decode, [stored])[0]

    def ask_for(self, family: str, read: Callable[[], Any], miss: Any) -> Any:  # noqa: ANN401  (Redis' replies)
        """What `read` brings; `miss` where that cannot be read. Raises StoreError."""
        try:
            with guard():
                return read()
        except DamagedValueError:
            self.note(family)
            return miss

    def replies(self, family: str, pipe: Any) -> list[Any]:  # noqa: ANN401  (a pipeline of either client)
        """A pipeline's replies; None for one that damage has prevented. Raises StoreError."""
        with guard():
            found: list[Any] = pipe.execute(raise_on_error=False)
            for reply in found:
                if isinstance(reply, Exception) and not is_damage(reply):
                    raise reply
        bad = sum(isinstance(reply, Exception) for reply in found)
        if bad:
            self.note(family, bad)
        return [None if isinstance(reply, Exception) else reply for reply in found]
