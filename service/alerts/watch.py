"""What destinations have not received yet, for /readyz and /metrics of any web process, whichever delivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.alerts.feed_reading import GoneCursorError
from service.store.alerts.delivery_states import Backlog, Start
from service.widget.texts import moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.alerts.feed_reading import Reading
    from service.store.alerts.delivery_states import DeliveryStates


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at the store. Raises StoreError."""

    names: Sequence[str]
    states: DeliveryStates
    reading: Reading

    def backlogs(self) -> list[Backlog]:
        """One for each destination."""
        return [self._of(name) for name in self.names]

    def _of(self, name: str) -> Backlog:
        state = self.states.load(name)
        since = self._oldest(state.start)
        return Backlog(name, since, self.states.count_parked(name), state.cause)

    def _oldest(self, start: Start) -> int | None:
        try:
            waiting, _ = self.reading.next(start, 1)
        except GoneCursorError:
            waiting, _ = self.reading.next(Start(), 1)
        return int(moment_of(waiting[0]["detected_at"]).timestamp() * 1000) if waiting else None
