"""Reads of results. A customer read is one round trip, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from service.store import codec
from service.store.connection.auto_pipeline import AutoPipeline, as_mapping
from service.store.connection.clients import forget_connections, guard
from service.store.connection.read_script import ReadScript
from service.store.filing.partitions import ETAG_LENGTH, render
from service.store.keys import partition_of, set_key
from service.store.ownership import Refuser, check_customer, check_set, check_summary
from service.survey.errors import ForeignAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from service.store.connection.auto_pipeline import Command
    from service.store.connection.clients import Client
    from service.store.counters import Counters
    from service.store.keys import Keys
    from service.survey.model import AnswerSet
    from service.survey.results import Result


@dataclass(frozen=True, slots=True)
class StoredSummary:
    """A summary as it was rendered when it was filed: the contract's JSON without freshness."""

    etag: str
    body: bytes
    known: bool = True


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Results, newest first; `more` where older ones are left."""

    results: tuple[Result, ...]
    more: bool


BATCH = 500
T = TypeVar("T")
Swept = dict[int, int]
Place = tuple[str, int, int]  # a result's: partition, survey, answer set
After = tuple[int, int, int]  # the row to go on after: answered, survey, answer set


class Reads:
    """The reading side of the store. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, counters: Counters) -> None:
        self._client = client
        self._keys = keys
        self._page = ReadScript("partition_page")
        self._one, self._many = (
            AutoPipeline(client),
            AutoPipeline(client),
        )  # apart, so that no batch is in a single read's way
        self._refuse = Refuser(counters, self._forget_connections)

    def _forget_connections(self) -> None:
        for pipeline in (self._one, self._many):
            pipeline.forget()
        forget_connections(self._client)

    def _own(self, read: Callable[[], T]) -> T:
        """What is read, once more over other connections where it was somebody else's. Raises ForeignAnswerError."""
        try:
            return read()
        except ForeignAnswerError as error:
            self._refuse(str(error))
        try:
            return read()
        except ForeignAnswerError as error:
            self._refuse(str(error))
            raise

    def summary(self, customer: str, *, comments: bool, swept: Swept | None = None) -> tuple[StoredSummary, Swept]:
        """One summary, and the sweeps it rests on where `swept` does not say them already: one round trip."""
        if swept is None:
            (found,), swept = self.summaries([customer], comments=comments)
            return found, swept

        def read() -> StoredSummary:
            with guard():
                values = self._one.ask(*self._summary_command(customer, comments=comments))
            return _summary(customer, values)

        return self._own(read), swept

    def summaries(
        self, customers: Sequence[str], *, comments: bool, swept: Swept | None = None
    ) -> tuple[list[StoredSummary], Swept]:
        """Summaries in the order asked, and the sweeps they rest on where `swept` does not say them: one round trip."""
        commands = [self._summary_command(customer, comments=comments) for customer in customers]

        def read() -> tuple[list[StoredSummary], Swept]:
            with guard():
                if swept is None:
                    *found, starts = self._many.ask_all([*commands, ("HGETALL", self._keys.swept)])
                    rest_on = _swept(as_mapping(starts))
                else:
                    found, rest_on = list(self._many.ask_all(commands)), swept
            return [_summary(*pair) for pair in zip(customers, found, strict=True)], rest_on

        return self._own(read)

    def _summary_command(self, customer: str, *, comments: bool) -> Command:
        key = self._keys.partition(partition_of(customer, 0))
        return ("HMGET", key, "S", "s") if comments else ("HMGET", key, "s")

    def customer_results(
        self, customer: str, *, survey_id: int | None, limit: int, after: After | None
    ) -> tuple[ResultPage, Swept]:
        """A page over all of a customer's respondents: one round trip."""
        key = self._keys.partition(partition_of(customer, 0))
        args = [survey_id or "", limit, *(after or ("", "", ""))]

        def ask(page: str) -> tuple[list[Any], dict[bytes, bytes]]:
            pipe = self._client.pipeline(transaction=False)
            pipe.execute_command("EVAL", page, 1, key, *args)
            pipe.hgetall(self._keys.swept)
            found, swept = pipe.execute()
            return found, swept

        def read() -> tuple[ResultPage, Swept]:
            with guard():
                (more, *bodies), swept = self._page.run(ask)
            results = [codec.decode_result(body)[0] for body in (bodies[0] if bodies else []) if body]
            check_customer(customer, results)
            return ResultPage(tuple(results), bool(more)), _swept(swept)

        return self._own(read)

    def respondent_results(self, respondent_id: int) -> tuple[list[Result], Swept]:
        """All results of a respondent, newest first: two round trips, since a customer may own them."""

        def read() -> tuple[list[Result], Swept]:
            pipe = self._client.pipeline(transaction=False)
            pipe.hgetall(self._keys.respondent(respondent_id))
            pipe.hgetall(self._keys.swept)
            with guard():
                pointers, swept = pipe.execute()
            found = self._decoded([_place(*pointer) for pointer in pointers.items()])
            # One that has gone to another respondent meanwhile is nobody's mistake.
            own = [result for result, _ in filter(None, found) if result.respondent_id == respondent_id]
            return sorted(own, key=lambda result: result.row, reverse=True), _swept(swept)

        return self._own(read)

    def bodies(self, places: Sequence[Place]) -> list[tuple[Result, AnswerSet] | None]:
        """Results and what they were made from, by partition, survey and answer set."""
        return self._own(lambda: self._decoded(places))

    def _decoded(self, places: Sequence[Place]) -> list[tuple[Result, AnswerSet] | None]:
        pipe = self._client.pipeline(transaction=False)
        for partition, survey_id, answer_set_id in places:
            pipe.hget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}")
        with guard():
            found = pipe.execute() if places else []
        decoded = [codec.decode_result(body) if body else None for body in found]
        for (_, survey_id, answer_set_id), result in zip(places, decoded, strict=True):
            if result:
                check_set(survey_id, answer_set_id, result[0])
        return decoded

    def exist(self, places: Sequence[Place]) -> list[bool]:
        """Whether results are where they should be, by partition, survey and answer set."""
        found: list[bool] = []
        for at in range(0, len(places), BATCH):
            pipe = self._client.pipeline(transaction=False)
            for partition, survey_id, answer_set_id in places[at : at + BATCH]:
                pipe.hexists(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}")
            with guard():
                found += [bool(there) for there in pipe.execute()]
        return found

    def revisions(self, survey_id: int) -> Iterator[tuple[int, codec.Revision]]:
        """Every answer set of a survey that is known, with what was filed of it."""
        with guard():
            for key, value in self._client.hscan_iter(self._keys.revisions(survey_id), count=500):
                if revision := codec.Revision.decode(value):
                    yield int(key), revision

    def unmapped(self) -> dict[tuple[int, int, str], int]:
        """Answers met by survey, item and wording, of wordings that were not understood when they were filed."""
        with guard():
            found: Any = self._client.hgetall(self._keys.unmapped)
        return {tuple(orjson.loads(name)): int(count) for name, count in found.items()}

    def pending(self, count: int) -> list[tuple[int, int]]:
        """Oldest answer sets, by survey and id, whose changes a first sweep has left to be told."""
        with guard():
            names: Any = self._client.zrange(self._keys.pending, 0, count - 1)
        split = [name.decode().split("/") for name in names]
        return [(int(survey), int(answer_set)) for survey, answer_set in split]

    def revisions_of(self, names: Sequence[tuple[int, int]]) -> dict[tuple[int, int], codec.Revision]:
        """Those of answer sets, by survey and id, that are known: one round trip, in the order given."""
        pipe = self._client.pipeline(transaction=False)
        for survey_id, answer_set_id in names:
            pipe.hget(self._keys.revisions(survey_id), str(answer_set_id))
        with guard():
            found = [codec.Revision.decode(value) for value in pipe.execute()]
        return {name: revision for name, revision in zip(names, found, strict=True) if revision}

    def revision(self, survey_id: int, answer_set_id: int) -> codec.Revision | None:
        with guard():
            value: Any = self._client.hget(self._keys.revisions(survey_id), str(answer_set_id))
        return codec.Revision.decode(value)


def _place(name: bytes, partition: bytes) -> Place:
    survey_id, _, answer_set_id = name.decode().partition("/")
    return partition.decode(), int(survey_id), int(answer_set_id)


def _summary(customer: str, values: list[bytes | None]) -> StoredSummary:
    stored = values[0] or values[-1]
    rendered = codec.unpack(stored) if stored else render(customer, [], None)[0]
    body = rendered[ETAG_LENGTH:]
    check_summary(customer, body)
    return StoredSummary(rendered[:ETAG_LENGTH].decode(), body, known=stored is not None)


def _swept(found: dict[bytes, bytes]) -> Swept:
    return {int(survey): int(start) for survey, start in found.items()}
