"""Files answer sets: partitions first, idempotently; then revisions, states, standing and changes in one script.

A kill between the two leaves a partition ahead of its revision: the next sweep finds the old revision, files the
same again, and computes the change from the state, which the kill left untouched. An intent, noted before a partition
is written and removed by the commit, names what a dead process may have left behind.

A customer's state holds the mark of its summary: a changed summary means a changed state, and the script that writes
the state moves the customer in `updates`. States are read before partitions are written, and another commit in between
makes ours a conflict, so the mark committed last is that of the summary written last.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from service.store import codec
from service.store.codec import Revision
from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.counters import Counters
from service.store.filing.partitions import ATTEMPTS, Partitions
from service.store.filing.plan import Filing, PartitionChange, Plan, filing_plan, state_changes
from service.store.keys import is_partition, partition_of
from service.survey.errors import StaleLeaseError
from service.survey.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.ports import Clock
    from service.store.connection.clients import Client
    from service.store.filing.plan import EventMaker
    from service.store.keys import Keys


log = structlog.get_logger()


class Filer:
    """The only writer of results."""

    def __init__(self, client: Client, keys: Keys, clock: Clock, counters: Counters | None = None) -> None:
        self._client = client
        self._keys = keys
        self._clock = clock
        self._commit = script("commit")
        self.partitions = Partitions(client, keys, counters or Counters(client, keys))

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

        lease: the sweeper's token; StaleLeaseError when it is no longer the newest. event: makes a filed set's change.
        pending_after: instead, note sets answered from this moment (Unix seconds), settled after the first sweep.
        again: also what has not changed. force: also what is now dated earlier. Raises StoreError.
        """
        wanted = {filing.answer_set_id: filing for filing in sorted(filings, key=lambda filing: filing.order)}
        marks = {key: self._marks_of(filing) for key, filing in wanted.items()}
        for _ in range(ATTEMPTS):
            if not wanted:
                return 0
            old, kept_out = self._stored(survey_id, wanted, marks)
            wanted = {key: f.kept_out() if key in kept_out else f for key, f in wanted.items()}
            decoded = {key: Revision.decode(value) for key, value in old.items()}
            new = [f for f in wanted.values() if f.is_news(decoded[f.answer_set_id], again=again, force=force)]
            if not new:
                return 0
            states = self.states(_customers(new, decoded.values()))
            shown = self._write_bodies(survey_id, new, decoded, force=force)
            plan = filing_plan(new, old, states, event=event, pending_after=pending_after, marks=marks, shown=shown)
            outcome, *names = self.commit(survey_id, plan, lease)
            if outcome == "OK":
                self._count_unmapped([] if again else new)
                return len(new)
            if outcome == "TOMBSTONED":
                tombstoned = [f for f in new if f.name in names]
                self._move(survey_id, self._write_bodies(survey_id, [f.without_body() for f in tombstoned], decoded))
                wanted = {key: f for key, f in wanted.items() if f not in tombstoned}
        raise RuntimeError("a survey is filed by others without end")

    def _count_unmapped(self, filings: Sequence[Filing]) -> None:
        """Count answers whose wording is not understood. Text that is no alternative's is not kept."""
        found = [
            (filing.survey_id, answer.question_item_id, "" if answer.comment else answer.answer)
            for filing in filings
            if filing.body
            for answer in filing.body.result.answers
            if answer.reason is Reason.UNMAPPED
        ]
        found += [(filing.survey_id, item, "") for filing in filings if filing.body for item in filing.strange]
        met = Counter(orjson.dumps(name).decode() for name in found)
        if met:
            log.warning("answers_not_understood", survey_id=found[0][0], count=len(found))
            with guard():
                pipe = self._client.pipeline(transaction=False)
                for name, count in met.items():
                    pipe.hincrby(self._keys.unmapped, name, count)
                pipe.execute()

    def commit(self, survey_id: int, plan: Plan, lease: str) -> list[str]:
        """Run the script: ["OK", erased], ["CONFLICT"] or ["TOMBSTONED", name, …]. Raises StaleLeaseError."""
        keys = self._keys
        names = [
            keys.lease(survey_id), keys.revisions(survey_id), keys.states, keys.standing, keys.tombs, keys.feed,
            keys.feed_index, keys.pending, keys.kept_out, keys.swept, keys.intents(survey_id),
            keys.told, keys.updates, keys.gone, keys.gone_trimmed,
        ]  # fmt: skip
        with guard():
            reply: Any = self._client.eval(self._commit, len(names), *names, lease, self.now(), plan.encode())
        outcome = [part.decode() for part in reply]
        if outcome[0] == "STALE":
            raise StaleLeaseError
        return outcome

    def now(self) -> int:
        """Unix milliseconds."""
        return int(self._clock.now().timestamp() * 1000)

    def states(self, customers: Sequence[str]) -> dict[str, bytes]:
        """States of customers, as stored."""
        if not customers:
            return {}
        with guard():
            values: Any = self._client.hmget(self._keys.states, list(customers))
        return {customer: value or b"" for customer, value in zip(customers, values, strict=True)}

    def _marks_of(self, filing: Filing) -> list[str]:
        marks = [self._keys.mark("respondent", str(filing.revision.respondent_id))]
        if filing.revision.customer_id is not None:
            marks.append(self._keys.mark("customer", filing.revision.customer_id))
        return marks

    def _stored(
        self, survey_id: int, wanted: Iterable[int], marks: Mapping[int, Sequence[str]]
    ) -> tuple[dict[int, bytes], set[int]]:
        """Revisions as stored, and which of the sets are kept out."""
        ids = list(wanted)
        asked = sorted({mark for key in ids for mark in marks[key]})
        pipe = self._client.pipeline(transaction=False)
        pipe.hmget(self._keys.revisions(survey_id), [str(key) for key in ids])
        pipe.hmget(self._keys.kept_out, asked)
        with guard():
            values, found = pipe.execute()
        out = {mark for mark, since in zip(asked, found, strict=True) if since}
        revisions = {key: value or b"" for key, value in zip(ids, values, strict=True)}
        return revisions, {key for key in ids if out.intersection(marks[key])}

    def clean(self, survey_id: int) -> int:
        """Remove what was left by processes that died between partition and commit; how many sets that were."""
        with guard():
            found: Any = self._client.hgetall(self._keys.intents(survey_id))
        left = {int(key): partition.decode(errors="replace") for key, partition in found.items() if key.isdigit()}
        if not left:
            return 0
        with guard():
            # First: a process that is not dead after all finds its intent gone, and files anew. What it has
            # committed before shows in the revisions read next.
            self._client.hdel(self._keys.intents(survey_id), *[str(key) for key in left])
            values: Any = self._client.hmget(self._keys.revisions(survey_id), [str(key) for key in left])
        changes: dict[str, PartitionChange] = defaultdict(PartitionChange)
        for (key, partition), value in zip(left.items(), values, strict=True):
            revision = Revision.decode(value)
            if is_partition(partition) and (revision is None or revision.partition != partition):
                changes[partition].drop.add((survey_id, key))
        self._move(survey_id, self.partitions.change(changes, self.now()))
        return len(left)

    def _move(self, survey_id: int, customers: Iterable[str]) -> None:
        """Move customers in `updates` whose summary has changed because bodies never committed were taken out."""
        wanted = sorted(customers)
        for _ in range(ATTEMPTS):
            if not wanted:
                return
            states = {customer: value for customer, value in self.states(wanted).items() if value}
            # Partitions are written as they are, but after the states were read (see the module's docstring).
            shown = self.partitions.change({partition_of(name, 0): PartitionChange() for name in states}, self.now())
            rows = {customer: codec.decode_rows(value) for customer, value in states.items()}
            plan = Plan(states=state_changes(states, rows, shown))
            if not plan.states or self.commit(survey_id, plan, "")[0] == "OK":
                return
        raise RuntimeError("a customer is filed by others without end")

    def _write_bodies(
        self,
        survey_id: int,
        filings: Sequence[Filing],
        before: Mapping[int, Revision | None],
        *,
        force: bool = False,
    ) -> dict[str, str]:
        """Write bodies into their partitions; the marks of the customers' summaries."""
        changes: dict[str, PartitionChange] = defaultdict(lambda: PartitionChange(force=force))
        pointers: dict[int, dict[Any, Any]] = defaultdict(dict)
        unpointed: list[tuple[int, str]] = []
        intents: dict[Any, Any] = {str(f.answer_set_id): f.revision.partition or "" for f in filings}
        with guard():
            pipe = self._client.pipeline(transaction=False)
            pipe.hset(self._keys.intents(survey_id), mapping=intents)
            pipe.sadd(self._keys.known, str(survey_id))
            pipe.execute()
        for filing in filings:
            was, respondent = before[filing.answer_set_id], filing.revision.respondent_id
            if was and was.partition and was.partition != filing.revision.partition:
                changes[was.partition].drop.add(filing.key)
            if was and was.partition and was.respondent_id != respondent:
                unpointed.append((was.respondent_id, filing.name))
            if filing.body and filing.revision.partition:
                changes[filing.revision.partition].put[filing.key] = filing.body
                pointers[respondent][filing.name] = filing.revision.partition
                continue
            if filing.revision.partition:
                changes[filing.revision.partition].drop.add(filing.key)
            if respondent > 0:
                unpointed.append((respondent, filing.name))
        self.point(pointers, unpointed)
        return self.partitions.change(changes, self.now())

    def point(self, pointers: Mapping[int, dict[Any, Any]], unpointed: Sequence[tuple[int, str]]) -> None:
        """Record where respondents' results are, {respondent: {set: partition}}, and which no longer exist."""
        with guard():
            pipe = self._client.pipeline(transaction=False)
            for respondent, mapping in pointers.items():
                pipe.hset(self._keys.respondent(respondent), mapping=mapping)
            for respondent, name in unpointed:
                pipe.hdel(self._keys.respondent(respondent), name)
            pipe.execute()


def _customers(filings: Iterable[Filing], before: Iterable[Revision | None]) -> list[str]:
    """Whose states a filing may change: those who get a set, and those who had it."""
    touched = {filing.revision.customer_id for filing in filings} | {known.customer_id for known in before if known}
    return sorted(customer for customer in touched if customer is not None)
