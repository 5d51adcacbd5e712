"""When what damage has taken away is there again, as far as Netigate has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.store.connection.guard import guard
from service.store.survey_state import decode_numbered, decode_state
from service.store.wholeness.loss_marks import Loss, decode_loss
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance

UNSWEPT_AFTER: Final = 3_600_000  # milliseconds; a survey of which there is no trace for so long is nobody's any more
NEVER: Final = -1


class Losses:
    """Tells which marks are over. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance, now: Callable[[], int]) -> None:
        """`now`: Unix milliseconds."""
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._now = now

    def over(self, marks: Iterable[bytes]) -> frozenset[bytes]:
        """Those of the marks since which every survey was compared with Netigate's list, and what it lacked fetched.

        What is read after this is whole, as far as these marks go.
        """
        compared: dict[int, int | None] = {}
        return frozenset(mark for mark in marks if self._is_over(mark, compared))

    def _is_over(self, mark: bytes, compared: dict[int, int | None]) -> bool:
        try:
            loss = decode_loss(mark)
        except DamagedValueError:
            return False
        surveys = loss.surveys or self._known()
        for survey in surveys:
            if survey not in compared:
                compared[survey] = self._compared(survey)
            since = compared[survey]
            unswept = since is None and self._now() - loss.at > UNSWEPT_AFTER
            if not unswept and (since is None or since <= loss.at):
                return False
        return bool(surveys)

    def _known(self) -> list[int]:
        """For a mark made when there was no trace of any survey."""
        found: Any = self._tolerance.ask_for("known", lambda: self._client.smembers(self._keys.known), set())
        return [int(name) for name in found if name.isdigit()]

    def _compared(self, survey_id: int) -> int | None:
        """Since when a survey is compared, and nothing that it lacked is still to be fetched; None without a trace.

        A survey that Netigate refuses brings nothing, so it is not waited for.
        """
        key = self._keys.survey(survey_id)
        reply: Any = self._tolerance.ask_for("survey", lambda: self._client.hmget(key, "state", "missing"), None)
        if reply is None or reply[0] is None:
            return None
        try:
            state, missing = decode_state(reply[0]), decode_numbered(reply[1])  # none noted is none known
        except DamagedValueError:
            return NEVER
        if state.held is not None:
            return self._now() + 1
        return NEVER if missing or state.reconciled is None else state.reconciled

    def mark(self, surveys: Iterable[int]) -> bytes:
        """The mark of what is lost now."""
        return Loss(self._now(), tuple(surveys)).encode()

    def check_lists(self) -> None:
        """Raises DamagedValueError while customers may be missing from the lists of all of them."""
        with guard():
            mark: Any = self._client.get(self._keys.lost)
        if mark is not None and not self.over([mark]):
            raise DamagedValueError("lists")

    def mark_lists(self, surveys: Iterable[int]) -> None:
        with guard():
            self._client.set(self._keys.lost, self.mark(surveys))

    def lists_are_whole(self) -> None:
        with guard():
            self._client.delete(self._keys.lost)
