"""What an operator wants to know of an account, in two round trips however many surveys there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.store.control import REJECTED
from service.store.survey_state import SurveyState, decode_state
from service.store.wholeness.sweeps import LATEST, Sweeps, decode_sweeps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.store.connection.clients import Client
    from service.store.counters import Counters, Name
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance


@dataclass(frozen=True, slots=True)
class Stats:
    """One look at the store. `swept` in Unix milliseconds."""

    swept: Sweeps
    states: Mapping[int, SurveyState]
    answer_sets: Mapping[int, int]
    customers: int
    feed: int
    not_before: int  # Unix milliseconds; before then nobody asks Netigate
    rejected: bool  # whether Netigate refuses the key
    counts: Mapping[Name, float]
    listed: tuple[int, ...] = ()  # when each list of surveys was last renewed, Unix milliseconds


class StatsReader:
    """Reads stats. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, counters: Counters, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tally = counters
        self._tolerance = tolerance

    def read(self, surveys: Sequence[int]) -> Stats:
        keys = self._keys
        pipe: Any = self._client.pipeline(transaction=False)
        pipe.hgetall(keys.swept)
        pipe.hlen(keys.states)
        pipe.xlen(keys.feed)
        pipe.get(keys.not_before)
        pipe.get(keys.trouble)
        pipe.zrange(keys.listed, 0, -1, withscores=True)
        for survey in surveys:
            pipe.hget(keys.survey(survey), "state")
            pipe.hlen(keys.revisions(survey))
        swept, customers, feed, not_before, trouble, listed, *rest = self._tolerance.replies("several", pipe)
        read = self._tolerance.values("survey", decode_state, rest[::2])
        states = {survey: state or SurveyState() for survey, state in zip(surveys, read, strict=True)}
        counts = {survey: count or 0 for survey, count in zip(surveys, rest[1::2], strict=True)}
        until = (not_before or b"").split()[:1]
        wait = int(until[0]) if until and until[0].isdigit() and int(until[0]) < LATEST else 0
        said = tuple(int(moment) for _, moment in listed or ())
        rejected = trouble == REJECTED.encode()
        return Stats(
            decode_sweeps(swept), states, counts, customers or 0, feed or 0, wait, rejected, self._tally.read(), said
        )
