"""Takes results out for good: bodies, indexes, states, standing and changes; and keeps them out."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from service.store import codec
from service.store.codec import Revision
from service.store.connection.guard import guard
from service.store.connection.pieces import batches
from service.store.filing.partitions import ATTEMPTS, decode_index
from service.store.filing.plan import PartitionChange, Plan, state_changes
from service.store.keys import partition_of, set_key, split_set_key
from service.store.wholeness.sweeps import BACKFILLING, HELD
from service.survey.errors import DamagedValueError, StoreAwayError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.store.connection.clients import Client
    from service.store.filing.filer import Filer
    from service.store.filing.keep_outs import KeepOuts
    from service.store.keys import Keys

# Longer than any fetch can take (policy.py: a call takes 90 seconds at most, and what it brings is filed at once), so
# that what was read before the erasure is not filed after it. What comes back in Netigate waits as long.
TOMBSTONE_SECONDS = 600
# After a purge, commits check `kept_out` themselves; its tombstones only keep a body that is being filed out of its
# partition. Short, since what is let in again, or still listed, stays away as long.
PURGE_TOMBSTONE_SECONDS = 5
BATCH = 200


@dataclass(slots=True)
class Receipt:
    """What an erasure removed."""

    results: int = 0  # results with their bodies and index entries
    known: int = 0  # answer sets that were known but never served
    changes: int = 0  # entries of the feed
    keys: int = 0  # Redis keys, where everything was removed

    def add(self, other: Receipt) -> None:
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


class Eraser:
    """Erases. Safe to repeat after a kill: the revision goes last. Raises StoreError."""

    def __init__(self, client: Client, keys: Keys, filer: Filer, keep_outs: KeepOuts) -> None:
        self._client = client
        self._keys = keys
        self._filer = filer
        self.keep_outs = keep_outs

    def sets(
        self, survey_id: int, ids: Iterable[int], *, lease: str = "", tombstone: float = TOMBSTONE_SECONDS
    ) -> Receipt:
        """Erase answer sets of a survey, and keep them out for `tombstone` seconds."""
        receipt = Receipt()
        for some in batches(ids, BATCH):
            receipt.add(self._batch(survey_id, some, lease, tombstone))
        return receipt

    def survey(self, survey_id: int) -> Receipt:
        """Erase a survey, and forget that it was ever swept."""
        receipt, revisions = Receipt(), self._keys.revisions(survey_id)
        with guard():
            while found := [key for key in self._client.hscan(revisions, count=BATCH)[1] if key.isdigit()]:
                receipt.add(self.sets(survey_id, [int(key) for key in found], tombstone=PURGE_TOMBSTONE_SECONDS))
            pipe = self._client.pipeline(transaction=False)
            pipe.delete(self._keys.survey(survey_id))
            pipe.hdel(self._keys.swept, str(survey_id), f"{HELD}{survey_id}", f"{BACKFILLING}{survey_id}")
            pipe.srem(self._keys.known, str(survey_id))
            pipe.execute()
        return receipt

    def customer(self, customer_id: str) -> Receipt:
        """Erase all of a customer, whichever respondents it owns, and keep it out."""
        self.keep_outs.add("customer", customer_id)
        with guard():
            stored: Any = self._client.hget(self._keys.states, customer_id)
            index: Any = self._client.hget(self._keys.partition(partition_of(customer_id, 0)), "x")
        # Both, since one of them may lack rows, and nothing must be left behind because of that.
        rows = {*codec.decode_rows(stored), *decode_index(index)[0]}
        return self._grouped({row.key for row in rows})

    def respondent(self, respondent_id: int) -> Receipt:
        """Erase all of a respondent, and keep it out."""
        self.keep_outs.add("respondent", str(respondent_id))
        with guard():
            pointers: Any = self._client.hgetall(self._keys.respondent(respondent_id))
        return self._grouped(split_set_key(name) for name in pointers)

    def everything(self) -> Receipt:
        """Erase all that is stored of this account."""
        receipt = Receipt()
        with contextlib.suppress(DamagedValueError):  # damaged or not, it is deleted with the rest below
            for survey in self.known_surveys():
                receipt.add(self.survey(survey))
        with guard():
            for pattern in self._keys.patterns:
                for key in self._client.scan_iter(match=pattern, count=1000):
                    receipt.keys += int(bool(self._client.delete(key)))
        return receipt

    def known_surveys(self) -> list[int]:
        """Surveys of which anything may be stored."""
        with guard():
            found: Any = self._client.smembers(self._keys.known)
        return sorted(int(survey) for survey in found if survey.isdigit())

    def _grouped(self, keys: Iterable[tuple[int, int]]) -> Receipt:
        by_survey: dict[int, list[int]] = defaultdict(list)
        for survey_id, answer_set_id in keys:
            by_survey[survey_id].append(answer_set_id)
        receipt = Receipt()
        for survey_id, ids in by_survey.items():
            receipt.add(self.sets(survey_id, ids, tombstone=PURGE_TOMBSTONE_SECONDS))
        return receipt

    def _batch(self, survey_id: int, ids: Sequence[int], lease: str, tombstone: float) -> Receipt:
        keys, now = self._keys, self._filer.now()
        until = now + int(tombstone * 1000)
        with guard():
            pipe = self._client.pipeline(transaction=False)
            # The tombstone comes first, so that a filing under way finds it, here or in its partition.
            pipe.zadd(keys.tombs, {set_key(survey_id, key): until for key in ids})
            pipe.zremrangebyscore(keys.tombs, "-inf", now)
            pipe.execute()
        for _ in range(ATTEMPTS):
            with guard():
                values: Any = self._client.hmget(keys.revisions(survey_id), [str(key) for key in ids])
            old = {key: value for key, value in zip(ids, values, strict=True) if value}
            revisions = {key: revision for key, value in old.items() if (revision := Revision.decode(value))}
            stored = self._filer.states(sorted({r.customer_id for r in revisions.values() if r.customer_id}))
            shown = self._drop_bodies(survey_id, revisions, until)
            gone = {(survey_id, key) for key in ids}
            rows = {c: [row for row in codec.decode_rows(value) if row.key not in gone] for c, value in stored.items()}
            plan = Plan(
                sets=[(str(key), set_key(survey_id, key), value.decode(), "") for key, value in old.items()],
                states=state_changes(stored, rows, shown),
                erased=[set_key(survey_id, key) for key in ids],
            )
            outcome, *told = self._filer.commit(survey_id, plan, lease)
            if outcome == "OK":
                served = sum(revision.partition is not None for revision in revisions.values())
                return Receipt(results=served, known=len(revisions) - served, changes=int(told[0]))
        raise StoreAwayError("busy")

    def _drop_bodies(self, survey_id: int, revisions: dict[int, Revision], until: int) -> dict[str, str]:
        changes: dict[str, PartitionChange] = defaultdict(lambda: PartitionChange(tombstone_until=until))
        for key, revision in revisions.items():
            if revision.partition is not None:
                changes[revision.partition].drop.add((survey_id, key))
        shown = self._filer.partitions.change(changes, self._filer.now())
        names = [(revision.respondent_id, set_key(survey_id, key)) for key, revision in revisions.items()]
        self._filer.point({}, [(respondent, name) for respondent, name in names if respondent > 0])
        return shown
