"""What an operator wants to know of an account, in two round trips however many surveys there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store.connection.clients import guard
from service.store.control import SurveyState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.store.connection.clients import Client
    from service.store.counters import Counters, Name
    from service.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Stats:
    """One look at the store. `swept` in Unix milliseconds."""

    swept: Mapping[int, int]
    states: Mapping[int, SurveyState]
    answer_sets: Mapping[int, int]
    customers: int
    feed: int
    not_before: int  # Unix milliseconds; before then nobody asks Netigate
    rejected: bool  # whether Netigate refuses the key
    counts: Mapping[Name, float]


class StatsReader:
    """Reads stats. Raises StoreAwayError."""

    def __init__(self, client: Client, keys: Keys, counters: Counters) -> None:
        self._client = client
        self._keys = keys
        self._tally = counters

    def read(self, surveys: Sequence[int]) -> Stats:
        keys = self._keys
        with guard():
            pipe: Any = self._client.pipeline(transaction=False)
            pipe.hgetall(keys.swept)
            pipe.hlen(keys.states)
            pipe.xlen(keys.feed)
            pipe.get(keys.control("notbefore"))
            pipe.get(keys.control("trouble"))
            for survey in surveys:
                pipe.hget(keys.survey(survey), "state")
                pipe.hlen(keys.revisions(survey))
            swept, customers, feed, not_before, trouble, *rest = pipe.execute()
        read = (SurveyState(**orjson.loads(value or b"{}")) for value in rest[::2])
        states = dict(zip(surveys, read, strict=True))
        counts = dict(zip(surveys, rest[1::2], strict=True))
        times = {int(survey): int(start) for survey, start in swept.items() if survey.isdigit()}
        wait, rejected = int(float(not_before or 0)), trouble == b"rejected"
        return Stats(times, states, counts, customers, feed, wait, rejected, self._tally.read())
