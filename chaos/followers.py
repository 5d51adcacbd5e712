"""A CRM beside the deed: people answer, and it follows `/v1/changes` and `/v1/customers/updates` as the docs say."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import requests

from tests.harness.waiting import until

if TYPE_CHECKING:
    from chaos.places import Place

TOLD_WITHIN = 30.0  # seconds after the deed
EVERY = 0.25  # seconds between two new answers during the deed
GONE = 410


class Feed:
    """Reads a feed from its cursor; where that is refused, from the beginning, as its problem document says."""

    def __init__(self, place: Place, path: str) -> None:
        self._place = place
        self._path = path
        self._cursor = place.service.get(f"{path}?since=now").json()["cursor"]
        self.refused_at = 0.0  # Unix seconds; 0 where the cursor never was

    def read(self) -> list[dict[str, Any]]:
        """What is new."""
        found: list[dict[str, Any]] = []
        while True:
            reply = self._place.service.get(self._path + (f"?cursor={self._cursor}" if self._cursor else ""))
            if reply.status_code == GONE:
                self._cursor, self.refused_at = None, time.time()
            if reply.status_code != requests.codes.ok:
                return found
            page = reply.json()
            found += page.get("changes", page.get("customers"))
            self._cursor = page["cursor"]
            if not page["has_more"]:
                return found


class Answering(threading.Thread):
    """People answer during the deed: each answer is low, so each makes a change that must be reported exactly once."""

    numbers = itertools.count()

    def __init__(self, place: Place) -> None:
        super().__init__(daemon=True)
        self._place = place
        self._done = threading.Event()
        self._changes, self._updates = Feed(place, "/v1/changes"), Feed(place, "/v1/customers/updates")
        self._given: dict[int, tuple[str, float]] = {}  # by answer set: customer, and when
        self._told: dict[int, list[tuple[str, float]]] = defaultdict(list)  # by answer set: the change's id, and when
        self.gone = 0  # how often a customer who has answered was told as gone

    def run(self) -> None:
        while not self._done.wait(EVERY):
            customer = f"chaos-{next(self.numbers)}"
            added = self._place.netigate.add(customer=customer, answers={31: "Mycket missnöjd"})
            self._given[int(added["set"])] = customer, time.time()
            self._follow()

    def _follow(self) -> None:
        with contextlib.suppress(requests.RequestException):
            for change in self._changes.read():
                self._told[change["answer_set_id"]].append((change["id"], self._changes.refused_at))
            answered = {*self._place.known, *(customer for customer, _ in self._given.values())}
            gone = {update["customer_id"] for update in self._updates.read() if update.get("gone")}
            self.gone += len(gone & answered)

    def end(self) -> tuple[int, int]:
        """How many of the changes were lost, and how many were reported more than once."""
        self._done.set()
        self.join()

        def all_told() -> bool:
            self._follow()
            return not self._untold()

        with contextlib.suppress(AssertionError):  # missing ones are counted below
            until(all_told, seconds=TOLD_WITHIN, what="every change", every=0.2)
        return len(self._untold()), sum(_is_twice(told) for key, told in self._told.items() if key in self._given)

    def _untold(self) -> list[int]:
        """Answers that no change told; a refused cursor tells to look at the summaries of those from before."""
        untold = [key for key in self._given if key not in self._told]
        return [key for key in untold if self._given[key][1] > self._changes.refused_at or not self._is_shown(key)]

    def _is_shown(self, key: int) -> bool:
        summary = self._place.service.get(f"/v1/customers/{self._given[key][0]}/satisfaction").json()
        return bool(summary.get("latest") and summary["latest"]["answer_set_id"] == key)


def _is_twice(told: list[tuple[str, float]]) -> bool:
    """Whether a change came under two ids, or twice without the cursor's having been refused in between."""
    return len({change for change, _ in told}) > 1 or len(set(told)) < len(told)
