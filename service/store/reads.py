"""Reads of results. A customer read is one round trip, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from service.store import codec
from service.store.connection.auto_pipeline import AutoPipeline, as_mapping
from service.store.connection.clients import forget_connections
from service.store.connection.guard import guard
from service.store.connection.read_script import ReadScript
from service.store.filing.partitions import ETAG_LENGTH, decode_index, decode_summary, render
from service.store.keys import partition_of, set_key, split_set_key
from service.store.known_sets import KnownSets, Place
from service.store.wholeness.envelope import reading
from service.store.wholeness.ownership import Refuser, check_customer, check_summary, is_set, owns
from service.store.wholeness.sweeps import Sweeps, decode_sweeps
from service.survey.errors import DamagedValueError, ForeignAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.store.connection.auto_pipeline import Command
    from service.store.connection.clients import Client
    from service.store.counters import Counters
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance
    from service.survey.model import AnswerSet
    from service.survey.results import Result, Row


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """A summary as it was rendered when it was filed: the contract's JSON without freshness."""

    etag: str
    body: bytes
    known: bool = True
    damaged: bool = False  # what is stored cannot be read; this was made from what is left

    @property
    def unreadable(self) -> bool:
        """Whether nothing of what is stored could be read, so that the body says nothing."""
        return self.damaged and not self.known


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Results, newest first; `more` where older ones are left."""

    results: tuple[Result, ...]
    more: bool


T = TypeVar("T")
After = tuple[int, int, int]  # the row to go on after: answered, survey, answer set


class Reads(KnownSets):
    """The reading side of the store. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, counters: Counters, tolerance: Tolerance) -> None:
        super().__init__(client, keys, tolerance)
        self._page = ReadScript("partition_page")
        self._pipeline = AutoPipeline(client)
        self._refuse = Refuser(counters.add, self._forget_connections)

    def _forget_connections(self) -> None:
        self._pipeline.forget()
        forget_connections(self._client)

    def _own(self, read: Callable[[], T], left: Callable[[], T]) -> T:
        """What is read; where it was somebody else's, once more over new connections.

        left: gives what is left where the value is damaged, or is somebody else's again and so is stored like that.
        """
        for _ in range(2):
            try:
                return read()
            except ForeignAnswerError as error:
                self._refuse(str(error))
            except DamagedValueError:
                break
        self._tolerance.note("partition")
        return left()

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
        index, results = self._whole_results(partition_of(customer, 0))
        rows = index or [result.row for result in results]
        latest = next((result for result in results if result.row.key == max(rows).key), None)
        plain, full = render(customer, rows, latest)
        rendered = full if comments and full else plain
        return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:], known=bool(rows), damaged=True)

    def _whole_results(self, partition: str) -> tuple[list[Row], list[Result]]:
        """A partition's index and results, newest first, as far as they can be read and are its own."""
        key = self._keys.partition(partition)
        fields: dict[bytes, bytes] = self._tolerance.ask_for("partition", lambda: self._client.hgetall(key), {})
        bodies = [value for name, value in fields.items() if name.startswith(b"b:")]
        found = [body[0] for body in self._tolerance.values("partition", codec.decode_result, bodies) if body]
        index = self._tolerance.value("partition", decode_index, fields.get(b"x"))
        results = sorted(found, key=lambda result: result.row, reverse=True)
        own = [result for result in results if partition_of(result.customer_id, result.respondent_id) == partition]
        return index[0] if index and owns(partition, index[2]) else [], own

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
            results = [codec.decode_result(body)[0] for body in (bodies[0] if bodies else []) if body]
            check_customer(customer, results)
            return ResultPage(tuple(results), bool(more) and bool(results)), decode_sweeps(swept)

        return self._own(read, lambda: (self._page_left(customer, survey_id, limit, after), self._swept()))

    def _page_left(self, customer: str, survey_id: int | None, limit: int, after: After | None) -> ResultPage:
        """The same page from what can be read, where the index or a body cannot."""
        found = [
            result
            for result in self._whole_results(partition_of(customer, 0))[1]
            if survey_id in {None, result.survey_id} and (after is None or position(result) < after)
        ]
        return ResultPage(tuple(found[:limit]), len(found) > limit)

    def respondent_results(self, respondent_id: int) -> tuple[list[Result], Sweeps]:
        """All results of a respondent, newest first: two round trips, since a customer may own them."""

        def read(*, strict: bool = True) -> tuple[list[Result], Sweeps]:
            pipe = self._client.pipeline(transaction=False)
            pipe.hgetall(self._keys.respondent(respondent_id))
            pipe.hgetall(self._keys.swept)
            pointers, swept = self._tolerance.replies("pointers", pipe)
            pairs = list((pointers or {}).items())
            places = filter(None, self._tolerance.values("pointers", lambda pair: _place(*pair), pairs))
            found = self._decoded(list(places), strict=strict)
            # A result may have moved to another respondent meanwhile: that is no damage.
            own = [result for result, _ in filter(None, found) if result.respondent_id == respondent_id]
            return sorted(own, key=lambda result: result.row, reverse=True), decode_sweeps(swept)

        return self._own(read, lambda: read(strict=False))

    def bodies(self, places: Sequence[Place]) -> list[tuple[Result, AnswerSet] | None]:
        """Results and what they were made from, by partition, survey and answer set."""
        return self._own(lambda: self._decoded(places), lambda: self._decoded(places, strict=False))

    def _decoded(self, places: Sequence[Place], *, strict: bool = True) -> list[tuple[Result, AnswerSet] | None]:
        """The body at each place; another answer set's is an error, or, where not `strict`, a miss."""
        pipe = self._client.pipeline(transaction=False)
        for partition, survey_id, answer_set_id in places:
            pipe.hget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}")
        found = self._tolerance.replies("partition", pipe) if places else []
        decoded = self._tolerance.values("partition", codec.decode_result, found)
        for at, (_, survey_id, answer_set_id) in enumerate(places):
            body = decoded[at]
            if body is None or is_set(survey_id, answer_set_id, body[0]):
                continue
            if strict:
                raise ForeignAnswerError("result")
            decoded[at] = None
        return decoded


@reading
def _place(name: bytes, partition: bytes) -> Place:
    return partition.decode(), *split_set_key(name)


def _summary(customer: str, values: list[bytes | None]) -> StoredSummary:
    stored = values[0] if values[0] is not None else values[-1]
    if stored is None:
        rendered = render(customer, [], None)[0]
        return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:], known=False)
    etag, body = decode_summary(stored)
    check_summary(customer, body)
    return StoredSummary(etag, body)


def position(result: Result) -> After:
    """Where a result stands among a customer's."""
    row = result.row
    return row.answered, row.survey_id, row.answer_set_id
