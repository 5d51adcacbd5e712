"""Files answer sets: homes first, idempotently; then revisions, states, standing and changes in one script.

A kill between the two leaves a home ahead of its revision: the next sweep finds the old revision, files the
same again, and computes the change from the state, which the kill left untouched.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.codec import Revision
from service.store.connection import guard, script
from service.store.homes import ATTEMPTS, Body, HomeChange, Homes
from service.store.keys import set_key
from service.survey.errors import StaleLeaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from service.ports import Clock
    from service.store.connection import Client
    from service.store.keys import Keys
    from service.survey.results import Row

    # customer, rows before, the body filed → the change as JSON, or None
    EventMaker = Callable[[str, list[Row], Body, Revision], "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Filing:
    """One answer set to be filed. `body` is None where it may not be served: then it leaves its place."""

    revision: Revision
    survey_id: int
    answer_set_id: int
    body: Body | None

    @property
    def key(self) -> tuple[int, int]:
        return self.survey_id, self.answer_set_id

    @property
    def name(self) -> str:
        return set_key(*self.key)

    @property
    def order(self) -> tuple[int, int]:
        """Order of filing: as they were answered, so that changes come in that order."""
        return self.revision.completed or 0, self.answer_set_id


@dataclass(slots=True)
class Plan:
    """What one commit does; compared with what is stored, so that it happens once or not at all."""

    sets: list[tuple[str, str, str, str]]
    states: list[tuple[str, str, str, str]]
    events: list[tuple[str, str]]
    pending: list[tuple[str, str]]
    settled: list[str]

    def encode(self) -> bytes:
        return orjson.dumps({
            "sets": self.sets, "states": self.states, "events": self.events,
            "pending": self.pending, "settled": self.settled,
        })  # fmt: skip


class Filer:
    """The only writer of results."""

    def __init__(self, client: Client, keys: Keys, clock: Clock) -> None:
        self._client = client
        self._keys = keys
        self._clock = clock
        self._homes = Homes(client, keys)
        self._commit = script("commit")

    def file(
        self,
        survey_id: int,
        filings: Iterable[Filing],
        *,
        lease: str = "",
        event: EventMaker | None = None,
        pending_after: int | None = None,
        again: bool = False,
        force: bool = False,
    ) -> int:
        """File what is new, and return how many were.

        lease: the sweeper's token; StaleLeaseError when it is no longer the newest. event: makes the change of a
        filed set. pending_after: instead, note sets answered after this moment (Unix seconds), whose changes are
        settled once the first sweep has seen everything. again: also what has not changed (a new ruleset).
        force: also what Netigate now dates earlier than before. Raises StoreAwayError.
        """
        wanted = {filing.answer_set_id: filing for filing in sorted(filings, key=lambda filing: filing.order)}
        for _ in range(ATTEMPTS):
            if not wanted:
                return 0
            old = self._revisions(survey_id, wanted)
            new = [
                f
                for f in wanted.values()
                if _is_news(f, Revision.decode(old[f.answer_set_id]), again=again, force=force)
            ]
            if not new:
                return 0
            self._write_homes(new, old, force=force)
            plan = self._plan(new, old, event, pending_after)
            outcome, *names = self.commit(survey_id, plan, lease)
            if outcome == "OK":
                return len(new)
            if outcome == "BURIED":
                buried = [f for f in new if f.name in names]
                self._write_homes([_without_body(f) for f in buried], old)
                wanted = {key: f for key, f in wanted.items() if f not in buried}
        raise RuntimeError("a survey is filed by others without end")

    def commit(self, survey_id: int, plan: Plan, lease: str) -> list[str]:
        """Run the script: ["OK"], ["CONFLICT"] or ["BURIED", name, …]. Raises StaleLeaseError."""
        keys = self._keys
        names = [
            keys.lease(survey_id), keys.revisions(survey_id), keys.states, keys.standing, keys.tombs, keys.feed,
            keys.feed_index, keys.pending,
        ]  # fmt: skip
        with guard():
            reply: Any = self._client.eval(self._commit, len(names), *names, lease, self.now(), plan.encode())
        outcome = [part.decode() for part in reply]
        if outcome[0] == "STALE":
            raise StaleLeaseError
        return outcome

    def now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def states(self, customers: Sequence[str]) -> dict[str, bytes]:
        """States of customers, as stored."""
        if not customers:
            return {}
        with guard():
            values: Any = self._client.hmget(self._keys.states, list(customers))
        return {customer: value or b"" for customer, value in zip(customers, values, strict=True)}

    def _revisions(self, survey_id: int, ids: Iterable[int]) -> dict[int, bytes]:
        ids = list(ids)
        with guard():
            values: Any = self._client.hmget(self._keys.revisions(survey_id), [str(key) for key in ids])
        return {key: value or b"" for key, value in zip(ids, values, strict=True)}

    def _write_homes(self, filings: Sequence[Filing], old: Mapping[int, bytes], *, force: bool = False) -> None:
        changes: dict[str, HomeChange] = defaultdict(lambda: HomeChange(force=force))
        pointers: dict[int, dict[Any, Any]] = defaultdict(dict)
        unpointed: list[tuple[int, str]] = []
        for filing in filings:
            before = Revision.decode(old[filing.answer_set_id])
            if before and before.home and before.home != filing.revision.home:
                changes[before.home].drop.add(filing.key)
            if before and before.home and before.respondent_id != filing.revision.respondent_id:
                unpointed.append((before.respondent_id, filing.name))
            if filing.body and filing.revision.home:
                changes[filing.revision.home].put[filing.key] = filing.body
                pointers[filing.revision.respondent_id][filing.name] = filing.revision.home
            elif filing.revision.respondent_id > 0:
                if filing.revision.home:
                    changes[filing.revision.home].drop.add(filing.key)
                unpointed.append((filing.revision.respondent_id, filing.name))
        with guard():
            pipe = self._client.pipeline(transaction=False)
            for respondent, mapping in pointers.items():
                pipe.hset(self._keys.respondent(respondent), mapping=mapping)
            for respondent, name in unpointed:
                pipe.hdel(self._keys.respondent(respondent), name)
            pipe.execute()
        self._homes.change(changes, self.now())

    def _plan(
        self,
        filings: Sequence[Filing],
        old: Mapping[int, bytes],
        event: EventMaker | None,
        pending_after: int | None,
    ) -> Plan:
        before = {f.answer_set_id: Revision.decode(old[f.answer_set_id]) for f in filings}
        touched = {f.revision.customer_id for f in filings} | {r.customer_id for r in before.values() if r}
        stored = self.states(sorted(customer for customer in touched if customer is not None))
        rows = {customer: codec.decode_rows(value) for customer, value in stored.items()}
        plan = Plan([], [], [], [], [])
        for filing in filings:
            key, customer = filing.answer_set_id, filing.revision.customer_id
            plan.sets.append((str(key), filing.name, old[key].decode(), filing.revision.encode().decode()))
            was = before[key]
            if was and was.customer_id and was.customer_id != customer:
                rows[was.customer_id] = [row for row in rows[was.customer_id] if row.key != filing.key]
            if filing.body is None or customer is None:
                continue
            row = filing.body.result.row
            change = event(customer, rows[customer], filing.body, filing.revision) if event else None
            rows[customer] = [other for other in rows[customer] if other.key != row.key] + [row]
            if change is not None:
                plan.events.append((filing.name, orjson.dumps(change).decode()))
            if pending_after is not None and row.score is not None and row.answered >= pending_after:
                plan.pending.append((filing.name, str(row.answered)))
        plan.states.extend(state_changes(stored, rows))
        return plan


def state_changes(stored: Mapping[str, bytes], rows: Mapping[str, list[Row]]) -> list[tuple[str, str, str, str]]:
    """States that differ from what is stored, with the customer's new place in the standing order."""
    changes = []
    for customer, held in rows.items():
        encoded = codec.encode_rows(held)
        if encoded != stored[customer]:
            changes.append((customer, stored[customer].decode(), encoded.decode(), str(codec.place(held))))
    return changes


def _is_news(filing: Filing, before: Revision | None, *, again: bool, force: bool) -> bool:
    if before is None:
        return True
    if (before.updated or 0) > (filing.revision.updated or 0) and not force:
        return False  # read before what is stored was, by a slower process
    return again or before.digest != filing.revision.digest


def _without_body(filing: Filing) -> Filing:
    return Filing(filing.revision, filing.survey_id, filing.answer_set_id, None)
