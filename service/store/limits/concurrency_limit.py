"""One budget for calls to Netigate, kept in Redis: so many at once, and none before a moment common to all."""

from __future__ import annotations

import contextlib
import secrets
import threading
from random import uniform
from typing import TYPE_CHECKING, Any

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.control import REJECTED
from service.survey.errors import DamagedValueError, RejectedError, ServiceError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.survey.errors import UpstreamError

PLACE_SECONDS = 10.0  # a process that dies frees its places after this; a living one prolongs them
FIRST_STEP = 0.5  # seconds of the fleet's first back-off
LONGEST_STEP = 15.0
LOOK_AGAIN = 0.05  # seconds between two tries for a place
QUEUE_SECONDS = 0.5  # how long a waiting reader counts after its last try
# SIDE_ROUTES are side reads: Netigate may refuse them to a key that is good.
KEY_ROUTE = "/surveys"
SIDE_ROUTES = ("sendouts", "bgdata", "labels")


class FleetLimit:
    """Implements netigate.client.Gate for every process at once."""

    def __init__(
        self, client: Client, keys: Keys, clock: Clock, *, cap: int, auth_probe: float, on_demand: bool = False
    ) -> None:
        """`cap` calls at once; `auth_probe`: seconds between tries while the key is refused; `on_demand` goes first."""
        self._client = client
        self._names = [keys.places, keys.waiting, keys.not_before]
        self._failures = keys.failures
        self._trouble = keys.trouble
        self._clock = clock
        self._cap = cap
        self._auth_probe = auth_probe
        self._on_demand = on_demand
        self._slot = script("slot")
        self._back_off = script("back_off")
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._keeper: threading.Thread | None = None

    @contextlib.contextmanager
    def slot(self, deadline: float) -> Iterator[None]:
        """Hold a place. Raises UnavailableError where there is none before `deadline` (monotonic), StoreError."""
        token = secrets.token_hex(8)
        self._take(token, deadline)
        self._keep(token)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(token)
            with contextlib.suppress(ServiceError), guard():
                self._client.zrem(self._names[0], token)

    def report(self, error: UpstreamError | None) -> None:
        """Learn from one attempt: failures and a refused key make the whole fleet wait, other answers clear both."""
        with contextlib.suppress(ServiceError), guard():
            if isinstance(error, UnavailableError):
                self._send_back(error.retry_after)
            elif isinstance(error, RejectedError) and not any(part in error.route for part in SIDE_ROUTES):
                # One survey's refusal proves nothing about the key; that of the list of all surveys does.
                if error.route == KEY_ROUTE or self._client.exists(self._trouble):
                    self._client.set(self._trouble, REJECTED)
                    self._send_back(self._auth_probe)
            else:
                pipe = self._client.pipeline(transaction=False)
                pipe.delete(self._failures)
                pipe.delete(self._trouble)
                pipe.execute()

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _send_back(self, at_least: float) -> None:
        steps = [int(seconds * 1000) for seconds in (at_least, FIRST_STEP, LONGEST_STEP)]
        jitter = f"{uniform(0.8, 1.0):.3f}"  # noqa: S311  (jitter)
        self._client.eval(self._back_off, 2, self._names[2], self._failures, self._now(), *steps, jitter)

    def _take(self, token: str, deadline: float) -> None:
        first = "1" if self._on_demand else "0"
        while True:
            lifetime, patience = int(PLACE_SECONDS * 1000), int(QUEUE_SECONDS * 1000)
            args: Any = [token, self._now(), lifetime, self._cap, first, patience]
            try:
                with guard():
                    reply: Any = self._client.eval(self._slot, 4, *self._names, self._trouble, *args)
            except DamagedValueError:
                # All of these last for moments only: starting over costs one call too many at most.
                with guard():
                    self._client.delete(*self._names, self._trouble, self._failures)
                continue
            taken, wait = int(reply[0]), int(reply[1]) / 1000
            if taken:
                return
            wait = max(wait, LOOK_AGAIN * uniform(0.8, 1.2))  # noqa: S311  (jitter)
            if self._clock.monotonic() + wait > deadline:
                raise UnavailableError("gate", cause="backing off", retry_after=wait)
            self._clock.sleep(wait)

    def _keep(self, token: str) -> None:
        with self._lock:
            self._held.add(token)
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._prolong, name="gate", daemon=True)
                self._keeper.start()

    def _prolong(self) -> None:
        wake = threading.Event()
        while not wake.wait(PLACE_SECONDS / 3):
            with self._lock:
                held = sorted(self._held)
            until = self._now() + int(PLACE_SECONDS * 1000)
            if held:
                with contextlib.suppress(ServiceError), guard():
                    self._client.zadd(self._names[0], dict.fromkeys(held, until), xx=True)
