"""Reads of results. A customer read is one round trip, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.store import codec
from service.store.connection.auto_pipeline import AutoPipeline, as_mapping
from service.store.connection.guard import guard
from service.store.connection.read_script import ReadScript
from service.store.filing.partitions import ETAG_LENGTH, decode_summary, render
from service.store.keys import decode_pointer, partition_of, set_key, split_set_key
from service.store.known_sets import KnownSets, Place
from service.store.repair.leftovers import Leftover, leftover
from service.store.wholeness.envelope import reading
from service.store.wholeness.loss_marks import LOST, LostError
from service.store.wholeness.ownership import check_customer, check_summary, is_set
from service.store.wholeness.sweeps import Sweeps, decode_sweeps
from service.survey.errors import DamagedValueError, ForeignAnswerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.store.connection.auto_pipeline import Command
    from service.store.connection.clients import Client
    from service.store.counters import Counters
    from service.store.keys import Keys
    from service.store.losses import Losses
    from service.store.wholeness.tolerance import Tolerance
    from service.survey.results import Result


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """A summary as it was rendered when it was filed: the contract's JSON without freshness."""

    etag: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Results, newest first; `more` where older ones are left."""

    results: tuple[Result, ...]
    more: bool


After = tuple[int, int, int]  # the row to go on after: answered, survey, answer set


class Reads(KnownSets):
    """The reading side of the store. Every call raises StoreError where Redis is away or refuses.

    DamagedValueError: what can be read may not be all there is. Part of the truth is served to nobody.
    """

    def __init__(self, client: Client, keys: Keys, counters: Counters, tolerance: Tolerance, losses: Losses) -> None:
        super().__init__(client, keys, counters, tolerance)
        self._losses = losses
        self._page = ReadScript("partition_page")
        self._pipeline = AutoPipeline(client)

    def _forget_connections(self) -> None:
        self._pipeline.forget()
        super()._forget_connections()

    def summary(self, customer: str, *, comments: bool, swept: Sweeps | None = None) -> tuple[StoredSummary, Sweeps]:
        """One summary and the sweeps that it rests on, `swept` where that is given: one round trip."""
        if swept is None:
            (found,), swept = self.summaries([customer], comments=comments)
            return found, swept

        def read() -> StoredSummary:
            with guard():
                values = self._pipeline.ask(*self._summary_command(customer, comments=comments))
            return _summary(customer, values)

        return self._own(read, lambda: self._left_of(customer, comments=comments)), swept

    def summaries(
        self, customers: Sequence[str], *, comments: bool, swept: Sweeps | None = None
    ) -> tuple[list[StoredSummary], Sweeps]:
        """Summaries in the order asked, and the sweeps they rest on, `swept` where that is given: one round trip."""
        commands = [self._summary_command(customer, comments=comments) for customer in customers]

        def read() -> tuple[list[StoredSummary], Sweeps]:
            with guard():
                if swept is None:
                    *found, starts = self._pipeline.ask_all([*commands, ("HGETALL", self._keys.swept)])
                    rest_on = decode_sweeps(as_mapping(starts))
                else:
                    found, rest_on = list(self._pipeline.ask_all(commands)), swept
            return [_summary(*pair) for pair in zip(customers, found, strict=True)], rest_on

        def one_by_one() -> tuple[list[StoredSummary], Sweeps]:
            """The same where one of them is damaged, so that the others are still served."""
            found = [self.summary(customer, comments=comments, swept=Sweeps())[0] for customer in customers]
            return found, self._swept() if swept is None else swept

        return self._own(read, one_by_one)

    def _swept(self) -> Sweeps:
        return decode_sweeps(
            self._tolerance.ask_for("swept", lambda: as_mapping(self._client.hgetall(self._keys.swept)), {})
        )

    def _left_of(self, customer: str, *, comments: bool) -> StoredSummary:
        """A damaged summary, rendered again from what can be read."""
        left = self._leftover(customer)
        if not left.tells_summary:
            raise DamagedValueError("summary")
        plain, full = render(customer, left.rows, left.latest)
        rendered = full if comments and full else plain
        return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:])

    def _leftover(self, customer: str) -> Leftover:
        part = partition_of(customer, 0)
        key = self._keys.partition(part)
        with guard():
            marks: Any = self._client.hmget(key, LOST)
        over = self._losses.over(mark for mark in marks if mark)
        with guard():
            fields: Any = self._client.hgetall(key)
        return leftover(part, fields, over)

    def _summary_command(self, customer: str, *, comments: bool) -> Command:
        key = self._keys.partition(partition_of(customer, 0))
        return ("HMGET", key, "S", "s") if comments else ("HMGET", key, "s")

    def customer_results(
        self, customer: str, *, survey_id: int | None, limit: int, after: After | None
    ) -> tuple[ResultPage, Sweeps]:
        """A page over all of a customer's respondents: one round trip."""
        key = self._keys.partition(partition_of(customer, 0))
        args = [survey_id or "", limit, *(after or ("", "", ""))]

        def ask(page: str) -> tuple[list[Any], dict[bytes, bytes]]:
            pipe = self._client.pipeline(transaction=False)
            pipe.execute_command("EVAL", page, 1, key, *args)
            pipe.hgetall(self._keys.swept)
            found, swept = pipe.execute()
            return found, swept

        def read() -> tuple[ResultPage, Sweeps]:
            with guard():
                (more, *bodies), swept = self._page.run(ask)
            results = [codec.decode_result(body)[0] for body in (bodies[0] if bodies else [])]
            check_customer(customer, results)
            return ResultPage(tuple(results), bool(more) and bool(results)), decode_sweeps(swept)

        return self._own(read, lambda: (self._page_left(customer, survey_id, limit, after), self._swept()))

    def _page_left(self, customer: str, survey_id: int | None, limit: int, after: After | None) -> ResultPage:
        """The same page from what can be read, where the index or a body cannot."""
        left = self._leftover(customer)
        if not left.whole:
            raise DamagedValueError("results")
        found = [
            result
            for result in left.results
            if survey_id in {None, result.survey_id} and (after is None or position(result) < after)
        ]
        return ResultPage(tuple(found[:limit]), len(found) > limit)

    def respondent_results(self, respondent_id: int) -> tuple[list[Result], Sweeps]:
        """All results of a respondent, newest first: two round trips, since a customer may own them."""

        def read(over: frozenset[bytes] = frozenset()) -> tuple[list[Result], Sweeps]:
            pipe = self._client.pipeline(transaction=False)
            pipe.hgetall(self._keys.respondent(respondent_id))
            pipe.hgetall(self._keys.swept)
            pointers, swept = self._tolerance.replies("pointers", pipe)
            if pointers is None:
                raise DamagedValueError("pointers")
            mark = pointers.pop(LOST, None)
            places = [_place(respondent_id, *pair) for pair in pointers.items()]
            found, marks = self._pointed(places)
            if lost := {mark, *marks} - {None, *over}:
                raise LostError(lost)
            # A result may have moved to another respondent meanwhile: that is no damage.
            own = [result for result in found if result.respondent_id == respondent_id]
            return sorted(own, key=lambda result: result.row, reverse=True), decode_sweeps(swept)

        def read_again() -> tuple[list[Result], Sweeps]:
            try:
                return read()
            except LostError as lost:
                return read(self._losses.over(lost.marks))

        return self._own(read, read_again)

    def _pointed(self, places: Sequence[Place]) -> tuple[list[Result], set[bytes | None]]:
        """The results at these places, and the marks of partitions in which one is not there.

        One that is not there is being filed or erased, unless its partition has lost something.
        """
        pipe = self._client.pipeline(transaction=False)
        for partition, survey_id, answer_set_id in places:
            pipe.hmget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}", LOST)
        with guard():
            found = pipe.execute() if places else []
        results = []
        for (_, survey_id, answer_set_id), (body, _) in zip(places, found, strict=True):
            if body is not None:
                results.append(codec.decode_result(body)[0])
                if not is_set(survey_id, answer_set_id, results[-1]):
                    raise ForeignAnswerError("result")
        return results, {mark for body, mark in found if body is None}


@reading
def _place(respondent_id: int, name: bytes, partition: bytes) -> Place:
    return decode_pointer(respondent_id, partition), *split_set_key(name)


def _summary(customer: str, values: list[bytes | None]) -> StoredSummary:
    stored = values[0] if values[0] is not None else values[-1]
    if stored is None:
        rendered = render(customer, [], None)[0]
        return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:])
    etag, body = decode_summary(stored)
    check_summary(customer, body)
    return StoredSummary(etag, body)


def position(result: Result) -> After:
    """Where a result stands among a customer's."""
    row = result.row
    return row.answered, row.survey_id, row.answer_set_id
