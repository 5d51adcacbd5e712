"""How far each destination of alerts is, and what it has refused. Ids and times only, no answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.leases import Leases
from service.store.wholeness.envelope import read_sealed, reading, seal
from service.survey.errors import StaleLeaseError

if TYPE_CHECKING:
    from datetime import datetime

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance


@dataclass(frozen=True, slots=True)
class Start:
    """Where to read the feed from: after a cursor, else from a moment (Unix ms), else from the oldest change kept."""

    cursor: str | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one message tells. It is stored before it is sent, so that a retry repeats it under the same id."""

    id: str
    changes: tuple[str, ...]  # their ids, in the feed's order
    until: str  # the cursor after the last of them
    digest: bool


@dataclass(frozen=True, slots=True)
class DeliveryState:
    """How far a destination is. `not_before` in Unix milliseconds."""

    start: Start = Start()
    batch: Batch | None = None
    failures: int = 0
    not_before: int = 0
    cause: str = ""  # why the last try failed, in one word


@dataclass(frozen=True, slots=True)
class Parked:
    """A batch that is not retried automatically. `at` in Unix milliseconds."""

    start: Start
    batch: Batch
    cause: str
    at: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a destination still lacks. `since`: Unix milliseconds of the oldest change that waits, None for none."""

    destination: str
    since: int | None
    parked: int
    cause: str  # why the last try failed, in one word; empty where none has

    def lag(self, now: datetime) -> float:
        """Seconds that the oldest change has waited; 0 where none waits."""
        return 0.0 if self.since is None else max(0.0, now.timestamp() - self.since / 1000)


class DeliveryStates:
    """States, leases and parked batches by destination. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._leases = Leases(client, keys.fence)
        self._save = script("alert_save")

    def take_lease(self, destination: str, seconds: float) -> str | None:
        """The token of a lease now held, or None where another process delivers there."""
        return self._leases.take(self._keys.alerts_lease(destination), seconds)

    def keep_lease(self, destination: str, token: str, seconds: float) -> bool:
        """Prolong a lease (0: give it back); False where it is no longer ours."""
        return self._leases.keep(self._keys.alerts_lease(destination), token, seconds)

    def load(self, destination: str) -> DeliveryState:
        """An unreadable state counts as a new destination's: what the feed holds is sent again, and nothing is lost."""
        value = self._tolerance.ask_for("alerts", lambda: self._client.get(self._keys.alerts(destination)), None)
        return self._tolerance.value("alerts", decode_delivery_state, value) or DeliveryState()

    def save(self, destination: str, token: str, state: DeliveryState, parked: Parked | None = None) -> None:
        """Write the state, and what is parked with it, in one step. Raises StaleLeaseError."""
        named = self._keys.alerts_lease, self._keys.alerts, self._keys.alerts_parked
        keys = [name(destination) for name in named]
        identifier = parked.batch.id if parked else ""
        with guard():
            saved: Any = self._client.eval(
                self._save, 3, *keys, token, _encoded(state), identifier, _encoded(parked) if parked else b"",
            )  # fmt: skip
        if not saved:
            raise StaleLeaseError

    def parked(self, destination: str) -> list[Parked]:
        """What is parked, oldest first."""
        key = self._keys.alerts_parked(destination)
        values = self._tolerance.ask_for("alerts_parked", lambda: self._client.hvals(key), [])
        found = self._tolerance.values("alerts_parked", decode_parked, values)
        return sorted((parked for parked in found if parked), key=lambda parked: (parked.at, parked.batch.id))

    def count_parked(self, destination: str) -> int:
        key = self._keys.alerts_parked(destination)
        return int(self._tolerance.ask_for("alerts_parked", lambda: self._client.hlen(key), 0))

    def unpark(self, destination: str, batch_id: str) -> None:
        with guard():
            self._client.hdel(self._keys.alerts_parked(destination), batch_id)


@reading
def decode_delivery_state(value: bytes) -> DeliveryState:
    """Raises DamagedValueError."""
    found = read_sealed(value)
    batch = _batch(found["batch"]) if found["batch"] else None
    return DeliveryState(**{**found, "start": Start(**found["start"]), "batch": batch})


@reading
def decode_parked(value: bytes) -> Parked:
    """Raises DamagedValueError."""
    found = read_sealed(value)
    return Parked(**{**found, "start": Start(**found["start"]), "batch": _batch(found["batch"])})


def _batch(found: dict[str, Any]) -> Batch:
    return Batch(**{**found, "changes": tuple(found["changes"])})


def _encoded(value: DeliveryState | Parked) -> bytes:
    return seal(orjson.dumps(asdict(value)))
