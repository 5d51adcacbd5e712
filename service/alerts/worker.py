"""The process that delivers: a thread for each destination, so that none waits for another."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Final

import structlog

from service.alerts.delivery import LEASE_SECONDS, Delivery
from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.alerts.delivery import Tools
    from service.alerts.destinations import Destination

log = structlog.get_logger()

AFTER_TROUBLE: Final = 2.0  # seconds


class AlertsWorker:
    """Delivers to every destination until told to stop."""

    def __init__(self, destinations: Sequence[Destination], tools: Tools) -> None:
        self._deliveries = {destination.name: Delivery(destination, tools) for destination in destinations}

    def run(self, stop: threading.Event) -> None:
        """Returns when `stop` is set and each try under way has ended."""
        threads = [
            threading.Thread(target=self._deliver, args=(name, delivery, stop), name=f"alerts-{name}")
            for name, delivery in self._deliveries.items()
        ]
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(done,), name="alerts-leases")
        for thread in (keeper, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        keeper.join()

    def _keep(self, done: threading.Event) -> None:
        """Prolong the leases, so that they outlast a slow destination."""
        while not done.wait(LEASE_SECONDS / 3):
            for delivery in self._deliveries.values():
                with contextlib.suppress(ServiceError):
                    delivery.keep()

    def _deliver(self, name: str, delivery: Delivery, stop: threading.Event) -> None:
        wait = 0.0
        while not stop.wait(wait):
            try:
                wait = delivery.step()
            except ServiceError as error:
                log.warning("alerts_wait", destination=name, error=type(error).__name__, cause=str(error))
                wait = AFTER_TROUBLE
            except Exception:
                # A bug met with one destination must not end the others. The log shows where in the code, never data.
                log.exception("alerts_broke", destination=name)
                wait = AFTER_TROUBLE
        with contextlib.suppress(ServiceError):
            delivery.let_go()
