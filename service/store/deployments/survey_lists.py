"""Which surveys each deployment lists: every worker repeats its list, and each time it counts for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.store.connection.guard import guard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.keys import Keys

LISTED_SECONDS = 600.0  # a survey listed so lately is not forgotten: its deployment may be down for a while
ALIVE_SECONDS = 30.0  # a worker that has said so since is running now
SAY_AGAIN = 10.0  # seconds between two renewals


class SurveyLists:
    """The lists of every deployment on this account. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, time: Clock) -> None:
        self._client = client
        self._keys = keys
        self._time = time

    def renew(self, surveys: Iterable[int]) -> None:
        """Say that a running worker lists these surveys."""
        with guard():
            pipe = self._client.pipeline(transaction=False)
            pipe.zadd(self._keys.listed, {_text(surveys): self._now()})
            pipe.zremrangebyscore(self._keys.listed, "-inf", self._now() - int(LISTED_SECONDS * 1000))
            pipe.execute()

    def listed(self) -> set[int]:
        """Surveys that anybody lists, or listed within LISTED_SECONDS."""
        return {survey for surveys in self._within(LISTED_SECONDS) for survey in surveys}

    def alive(self) -> list[tuple[int, ...]]:
        """The different lists of the workers that run now; with more than one, two deployments disagree."""
        return self._within(ALIVE_SECONDS)

    def _within(self, seconds: float) -> list[tuple[int, ...]]:
        # Entries that a wrong clock dated in the future count too: a list too many keeps data longer, and loses none.
        with guard():
            found: Any = self._client.zrangebyscore(self._keys.listed, self._now() - int(seconds * 1000), "+inf")
        return sorted(tuple(int(survey) for survey in text.split(b",") if survey) for text in found)

    def _now(self) -> int:
        return int(self._time.now().timestamp() * 1000)


def _text(surveys: Iterable[int]) -> str:
    return ",".join(str(survey) for survey in sorted(surveys))
