"""What is to be filed, and the plan of one atomic commit, pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.codec import Revision
from service.store.keys import set_key
from service.store.wholeness.envelope import seal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.survey.model import AnswerSet
    from service.survey.results import Result, Row

    # customer's rows before, the body filed, its revision → the change as data, or None
    EventMaker = Callable[[list[Row], "Body", Revision], "dict[str, Any] | None"]

KEPT_OUT = "kept out"  # the digest of a set whose customer or respondent was purged for good


@dataclass(frozen=True, slots=True)
class Body:
    """What is filed of one answer set."""

    result: Result
    raw: AnswerSet


@dataclass(slots=True)
class PartitionChange:
    """What is to be done to one partition."""

    put: dict[tuple[int, int], Body] = field(default_factory=dict)
    drop: set[tuple[int, int]] = field(default_factory=set)
    tombstone_until: int = 0  # Unix ms; dropped sets may not come back before
    force: bool = False  # put bodies even where the stored one was updated later


@dataclass(frozen=True, slots=True)
class Filing:
    """One answer set to be filed. `body` is None where it may not be served: then what is stored of it is removed.

    strange: items that it answers but that the question tree lacks.
    """

    revision: Revision
    survey_id: int
    answer_set_id: int
    body: Body | None
    strange: tuple[int, ...] = ()

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

    def without_body(self) -> Filing:
        return replace(self, body=None)

    def kept_out(self) -> Filing:
        """The same set, known but not served, so that it is not fetched again and again."""
        revision = replace(self.revision, digest=KEPT_OUT, partition=None, customer_id=None)
        return replace(self, revision=revision, body=None)

    def is_news(self, before: Revision | None, *, again: bool, force: bool) -> bool:
        if before is None:
            return True
        if (before.updated or 0) > (self.revision.updated or 0) and not force:
            return False  # a slower process read it, before what is stored was read
        return again or before.digest != self.revision.digest


@dataclass(slots=True)
class Plan:
    """What one commit does. It is compared with what is stored, so that it happens once or not at all."""

    sets: list[tuple[str, ...]] = field(default_factory=list)
    states: list[tuple[str, str, str, str]] = field(default_factory=list)
    events: list[tuple[str, str, str]] = field(default_factory=list)
    pending: list[tuple[str, str]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)

    def tell(self, name: str, change: dict[str, Any]) -> None:
        """Add a set's change to the feed, unless it was told before."""
        self.events.append((name, seal(orjson.dumps(change)).decode(), change["id"]))

    def encode(self) -> bytes:
        return orjson.dumps({
            "sets": self.sets, "states": self.states, "events": self.events,
            "pending": self.pending, "settled": self.settled, "erased": self.erased,
        })  # fmt: skip


def filing_plan(
    filings: Sequence[Filing],
    old: Mapping[int, bytes],
    stored: Mapping[str, bytes],
    *,
    event: EventMaker | None,
    pending_after: int | None,
    marks: Mapping[int, Sequence[str]],
    shown: Mapping[str, str],
) -> Plan:
    """The commit that files these, in their order; `old` and `stored`: revisions and customers' states as stored.

    marks: by set, keyed digests of its respondent and customer. shown: by customer, the mark of the summary written.
    """
    rows = {customer: codec.decode_rows(value) for customer, value in stored.items()}
    plan = Plan()
    for filing in filings:
        key, customer = filing.answer_set_id, filing.revision.customer_id
        new = filing.revision.encode().decode()
        plan.sets.append((str(key), filing.name, old[key].decode(), new, *(marks[key] if filing.body else ())))
        was = Revision.decode(old[key])
        if was and was.customer_id and was.customer_id != customer:
            rows[was.customer_id] = [row for row in rows[was.customer_id] if row.key != filing.key]
            # Its changes in the feed name its old customer, so they are taken out.
            plan.erased.append(filing.name)
        if filing.body is None or customer is None:
            continue
        row = filing.body.result.row
        change = event(rows[customer], filing.body, filing.revision) if event else None
        rows[customer] = [*(other for other in rows[customer] if other.key != row.key), row]
        if change is not None:
            plan.tell(filing.name, change)
        if pending_after is not None and row.score is not None and row.answered >= pending_after:
            plan.pending.append((filing.name, str(row.answered)))
    plan.states.extend(state_changes(stored, rows, shown))
    return plan


def state_changes(
    stored: Mapping[str, bytes], rows: Mapping[str, list[Row]], shown: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """States that differ from what is stored, with the customer's new place in the standing order.

    shown: the marks of summaries as written, so that a change of the summary alone changes the state, too.
    """
    changes = []
    for customer, held in rows.items():
        mark = shown[customer] if customer in shown else codec.decode_mark(stored[customer])
        encoded = codec.encode_rows(held, mark)
        if encoded != stored[customer]:
            changes.append((customer, stored[customer].decode(), encoded.decode(), str(codec.place(held))))
    return changes
