"""Other accounts' data in this Redis: what an old API key, or an old address of Netigate, has left behind.

Keys are named by server and API key, so what was stored under other ones is neither read nor erased.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.store.connection.guard import guard
from service.store.deployments.survey_lists import SurveyLists
from service.store.keys import PREFIX, Keys

if TYPE_CHECKING:
    from service.ports import Clock
    from service.store.connection.clients import Client

# nr:{ACCOUNT}:… and nr:ACCOUNT:{…}. The key of `connection.probe` has no braces, and lives for seconds.
_NAME = re.compile(rf"{PREFIX}:(?:\{{(?P<control>[^:{{}}]+)\}}:|(?P<partition>[^:{{}}]+):\{{)")
SCAN = 1000  # keys looked at in one step


@dataclass(frozen=True, slots=True)
class OtherAccount:
    """One account beside ours. Moments are Unix milliseconds."""

    name: str
    keys: int
    last_swept: int | None
    in_use: bool  # a worker of another deployment sweeps it

    @property
    def document(self) -> dict[str, object]:
        """For a receipt."""
        return {"account": self.name, "keys": self.keys, "in_use": self.in_use}


class Accounts:
    """Finds accounts by looking at every key's name. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, time: Clock) -> None:
        self._client = client
        self._keys = keys
        self._time = time

    def others(self) -> list[OtherAccount]:
        """Accounts other than ours of which anything is stored: about a second for each million keys."""
        counts: Counter[str] = Counter()
        with guard():
            for key in self._client.scan_iter(match=f"{PREFIX}:*", count=SCAN):
                found = _NAME.match(key.decode(errors="replace"))
                if found:
                    counts[found["control"] or found["partition"]] += 1
        counts.pop(self._keys.account, None)
        return [self._other(name, count) for name, count in sorted(counts.items())]

    def _other(self, name: str, count: int) -> OtherAccount:
        keys = Keys(name)
        with guard():
            swept = self._client.hgetall(keys.swept) if self._client.type(keys.swept) == b"hash" else {}
        starts = [int(start) for survey, start in swept.items() if survey != b"0" and start.isdigit()]
        in_use = bool(SurveyLists(self._client, keys, self._time).listed())
        return OtherAccount(name, count, max(starts, default=None), in_use)
