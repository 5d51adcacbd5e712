"""Reads of results. A customer read is one round trip, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection.auto_pipeline import AutoPipeline, as_mapping
from service.store.connection.clients import guard, script
from service.store.filing.partitions import ETAG_LENGTH, decode_index, decode_summary, render
from service.store.keys import partition_of, set_key, split_set_key
from service.store.wholeness.envelope import is_sealed, is_whole, reading
from service.store.wholeness.tolerance import moments
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.store.connection.auto_pipeline import Command
    from service.store.connection.clients import Client
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
    damaged: bool = False  # what is stored cannot be read: this is what is left of it


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Results, newest first; `more` where older ones are left."""

    results: tuple[Result, ...]
    more: bool


BATCH = 500
Swept = dict[int, int]
After = tuple[int, int, int]  # the row to go on after: answered, survey, answer set


class Reads:
    """The reading side of the store. Every call raises StoreAwayError when Redis is away."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._page = script("partition_page")
        self._one, self._many = (
            AutoPipeline(client),
            AutoPipeline(client),
        )  # apart, so that no batch is in a single read's way

    def summary(self, customer: str, *, comments: bool, swept: Swept | None = None) -> tuple[StoredSummary, Swept]:
        """One summary, and the sweeps it rests on where `swept` does not say them already: one round trip."""
        if swept is None:
            (found,), swept = self.summaries([customer], comments=comments)
            return found, swept
        try:
            with guard():
                values = self._one.ask(*self._summary_command(customer, comments=comments))
            return _summary(customer, values), swept
        except DamagedValueError:
            return self._left_of(customer, comments=comments), swept

    def summaries(
        self, customers: Sequence[str], *, comments: bool, swept: Swept | None = None
    ) -> tuple[list[StoredSummary], Swept]:
        """Summaries in the order asked, and the sweeps they rest on where `swept` does not say them: one round trip."""
        commands = [self._summary_command(customer, comments=comments) for customer in customers]
        try:
            with guard():
                if swept is None:
                    *found, starts = self._many.ask_all([*commands, ("HGETALL", self._keys.swept)])
                    swept = moments(as_mapping(starts))
                else:
                    found = list(self._many.ask_all(commands))
            return [_summary(*pair) for pair in zip(customers, found, strict=True)], swept
        except DamagedValueError:
            return self._one_by_one(customers, comments=comments), self._swept() if swept is None else swept

    def _one_by_one(self, customers: Sequence[str], *, comments: bool) -> list[StoredSummary]:
        """The same where one of them is damaged, which must be nobody else's harm."""
        return [self.summary(customer, comments=comments, swept={})[0] for customer in customers]

    def _swept(self) -> Swept:
        return moments(self._tolerance.ask_for("swept", lambda: as_mapping(self._client.hgetall(self._keys.swept)), {}))

    def _left_of(self, customer: str, *, comments: bool) -> StoredSummary:
        """A summary that cannot be read, rendered anew from what can."""
        self._tolerance.note("partition")
        index, results = self._whole_results(partition_of(customer, 0))
        rows = index or [result.row for result in results]
        latest = next((result for result in results if result.row.key == max(rows).key), None)
        plain, full = render(customer, rows, latest)
        rendered = full if comments and full else plain
        return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:], known=bool(rows), damaged=True)

    def _whole_results(self, partition: str) -> tuple[list[Row], list[Result]]:
        """A partition's index and results, newest first, as far as they can be read."""
        key = self._keys.partition(partition)
        fields: dict[bytes, bytes] = self._tolerance.ask_for("partition", lambda: self._client.hgetall(key), {})
        bodies = [value for name, value in fields.items() if name.startswith(b"b:")]
        found = [body[0] for body in self._tolerance.values("partition", codec.decode_result, bodies) if body]
        index = self._tolerance.value("partition", decode_index, fields.get(b"x"))
        results = sorted(found, key=lambda result: result.row, reverse=True)
        own = [result for result in results if partition_of(result.customer_id, result.respondent_id) == partition]
        return index[0] if index else [], own

    def _summary_command(self, customer: str, *, comments: bool) -> Command:
        key = self._keys.partition(partition_of(customer, 0))
        return ("HMGET", key, "S", "s") if comments else ("HMGET", key, "s")

    def customer_results(
        self, customer: str, *, survey_id: int | None, limit: int, after: After | None
    ) -> tuple[ResultPage, Swept]:
        """A page over all of a customer's respondents: one round trip."""
        pipe = self._client.pipeline(transaction=False)
        args = [survey_id or "", limit, *(after or ("", "", ""))]
        pipe.execute_command("EVAL", self._page, 1, self._keys.partition(partition_of(customer, 0)), *args)
        pipe.hgetall(self._keys.swept)
        try:
            with guard():
                (more, *bodies), swept = pipe.execute()
            results = [_own(customer, body) for body in (bodies[0] if bodies else []) if body]
            return ResultPage(tuple(results), bool(more) and bool(results)), moments(swept)
        except DamagedValueError:
            return self._page_left(customer, survey_id, limit, after), self._swept()

    def _page_left(self, customer: str, survey_id: int | None, limit: int, after: After | None) -> ResultPage:
        """The same page of what can be read, where the index or a body cannot."""
        self._tolerance.note("partition")
        found = [
            result
            for result in self._whole_results(partition_of(customer, 0))[1]
            if survey_id in {None, result.survey_id} and (after is None or position(result) < after)
        ]
        return ResultPage(tuple(found[:limit]), len(found) > limit)

    def respondent_results(self, respondent_id: int) -> tuple[list[Result], Swept]:
        """All results of a respondent, newest first: two round trips, since a customer may own them."""
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.respondent(respondent_id))
        pipe.hgetall(self._keys.swept)
        pointers, swept = self._tolerance.replies("pointers", pipe)
        bodies = self._tolerance.replies("partition", pipe) if self._ask_bodies(pipe, pointers or {}) else []
        results = [found[0] for found in self._tolerance.values("partition", codec.decode_result, bodies) if found]
        own = [result for result in results if result.respondent_id == respondent_id]
        return sorted(own, key=lambda result: result.row, reverse=True), moments(swept)

    def bodies(self, places: Sequence[tuple[str, int, int]]) -> list[tuple[Result, AnswerSet] | None]:
        """Results and what they were made from, by partition, survey and answer set."""
        pipe = self._client.pipeline(transaction=False)
        for partition, survey_id, answer_set_id in places:
            pipe.hget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}")
        found = self._tolerance.replies("partition", pipe) if places else []
        return self._tolerance.values("partition", codec.decode_result, found)

    def exist(self, places: Sequence[tuple[str, int, int]]) -> list[bool]:
        """Whether results are where they should be, and whole, by partition, survey and answer set.

        What is rendered of them is looked at as well; where that is damaged a repair is asked for.
        """
        found: list[bool] = []
        for at in range(0, len(places), BATCH):
            pipe = self._client.pipeline(transaction=False)
            for partition, survey_id, answer_set_id in places[at : at + BATCH]:
                pipe.hmget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}", "s", "S", "x")
            for reply in self._tolerance.replies("partition", pipe):
                body, *rendered, index = reply or (None, None, None, None)
                found.append(is_whole(body or b""))
                if not all(is_whole(value) for value in rendered if value) or (index and not is_sealed(index)):
                    self._tolerance.note("partition")
        return found

    def revisions(self, survey_id: int) -> Iterator[tuple[int, codec.Revision]]:
        """Every answer set of a survey that is known, with what was filed of it."""
        with guard():
            for key, value in self._client.hscan_iter(self._keys.revisions(survey_id), count=500):
                revision = self._tolerance.value("revisions", codec.Revision.decode, value)
                if revision and key.isdigit():
                    yield int(key), revision

    def unmapped(self) -> dict[tuple[int, int, str], int]:
        """Answers met by survey, item and wording, of wordings that were not understood when they were filed."""
        found: Any = self._tolerance.ask_for("unmapped", lambda: self._client.hgetall(self._keys.unmapped), {})
        counts = self._tolerance.values("unmapped", decode_unmapped, list(found.items()))
        return dict(count for count in counts if count)

    def customer_count(self) -> int:
        """Customers with a result."""
        with guard():
            found: Any = self._client.hlen(self._keys.states)
        return int(found)

    def pending(self, count: int) -> list[tuple[int, int]]:
        """Oldest answer sets, by survey and id, whose changes a first sweep has left to be told."""
        with guard():
            names: Any = self._client.zrange(self._keys.pending, 0, count - 1)
        return [split_set_key(name) for name in names]

    def revisions_of(self, names: Sequence[tuple[int, int]]) -> dict[tuple[int, int], codec.Revision]:
        """Those of answer sets, by survey and id, that are known: one round trip, in the order given."""
        pipe = self._client.pipeline(transaction=False)
        for survey_id, answer_set_id in names:
            pipe.hget(self._keys.revisions(survey_id), str(answer_set_id))
        found = self._tolerance.values("revisions", codec.Revision.decode, self._tolerance.replies("revisions", pipe))
        return {name: revision for name, revision in zip(names, found, strict=True) if revision}

    def revision(self, survey_id: int, answer_set_id: int) -> codec.Revision | None:
        with guard():
            value: Any = self._client.hget(self._keys.revisions(survey_id), str(answer_set_id))
        return self._tolerance.value("revisions", codec.Revision.decode, value)

    def _ask_bodies(self, pipe: Any, pointers: dict[bytes, bytes]) -> bool:  # noqa: ANN401  (a pipeline of either client)
        for name, partition in pointers.items():
            pipe.hget(self._keys.partition(partition.decode(errors="replace")), b"b:" + name)
        return bool(pointers)


def _own(customer: str, body: bytes) -> Result:
    """A result of this customer; somebody else's is served to nobody. Raises DamagedValueError."""
    result, _ = codec.decode_result(body)
    if result.customer_id != customer:
        raise DamagedValueError("value")
    return result


def _summary(customer: str, values: list[bytes | None]) -> StoredSummary:
    stored = values[0] if values[0] is not None else values[-1]
    if stored is not None:
        return StoredSummary(*decode_summary(stored))
    rendered = render(customer, [], None)[0]
    return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:], known=False)


@reading
def decode_unmapped(pair: tuple[bytes, bytes]) -> tuple[tuple[int, int, str], int]:
    """Survey, item and wording, and how often it was met. Raises DamagedValueError."""
    survey, item, wording = orjson.loads(pair[0])
    return (int(survey), int(item), str(wording)), int(pair[1])


def position(result: Result) -> After:
    """Where a result stands among a customer's."""
    row = result.row
    return row.answered, row.survey_id, row.answer_set_id
