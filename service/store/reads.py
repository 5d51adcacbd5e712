"""Reads of results. A customer read is one round trip, whatever is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection.auto_pipeline import AutoPipeline, as_mapping
from service.store.connection.clients import guard, script
from service.store.filing.partitions import ETAG_LENGTH, render
from service.store.keys import partition_of, set_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.store.connection.auto_pipeline import Command
    from service.store.connection.clients import Client
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
Swept = dict[int, int]
After = tuple[int, int, int]  # the row to go on after: answered, survey, answer set


class Reads:
    """The reading side of the store. Every call raises StoreAwayError when Redis is away."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
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
        with guard():
            values = self._one.ask(*self._summary_command(customer, comments=comments))
        return _summary(customer, values), swept

    def summaries(
        self, customers: Sequence[str], *, comments: bool, swept: Swept | None = None
    ) -> tuple[list[StoredSummary], Swept]:
        """Summaries in the order asked, and the sweeps they rest on where `swept` does not say them: one round trip."""
        commands = [self._summary_command(customer, comments=comments) for customer in customers]
        with guard():
            if swept is None:
                *found, starts = self._many.ask_all([*commands, ("HGETALL", self._keys.swept)])
                swept = _swept(as_mapping(starts))
            else:
                found = list(self._many.ask_all(commands))
        return [_summary(*pair) for pair in zip(customers, found, strict=True)], swept

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
        with guard():
            (more, *bodies), swept = pipe.execute()
        results = [codec.decode_result(body)[0] for body in (bodies[0] if bodies else []) if body]
        return ResultPage(tuple(results), bool(more)), _swept(swept)

    def respondent_results(self, respondent_id: int) -> tuple[list[Result], Swept]:
        """All results of a respondent, newest first: two round trips, since a customer may own them."""
        pipe = self._client.pipeline(transaction=False)
        pipe.hgetall(self._keys.respondent(respondent_id))
        pipe.hgetall(self._keys.swept)
        with guard():
            pointers, swept = pipe.execute()
            bodies = pipe.execute() if self._ask_bodies(pipe, pointers) else []
        results = [codec.decode_result(body)[0] for body in bodies if body]
        own = [result for result in results if result.respondent_id == respondent_id]
        return sorted(own, key=lambda result: result.row, reverse=True), _swept(swept)

    def bodies(self, places: Sequence[tuple[str, int, int]]) -> list[tuple[Result, AnswerSet] | None]:
        """Results and what they were made from, by partition, survey and answer set."""
        pipe = self._client.pipeline(transaction=False)
        for partition, survey_id, answer_set_id in places:
            pipe.hget(self._keys.partition(partition), f"b:{set_key(survey_id, answer_set_id)}")
        with guard():
            found = pipe.execute() if places else []
        return [codec.decode_result(body) if body else None for body in found]

    def exist(self, places: Sequence[tuple[str, int, int]]) -> list[bool]:
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

    def _ask_bodies(self, pipe: Any, pointers: dict[bytes, bytes]) -> bool:  # noqa: ANN401  (a pipeline of either client)
        for name, partition in pointers.items():
            pipe.hget(self._keys.partition(partition.decode()), b"b:" + name)
        return bool(pointers)


def _summary(customer: str, values: list[bytes | None]) -> StoredSummary:
    stored = values[0] or values[-1]
    rendered = codec.unpack(stored) if stored else render(customer, [], None)[0]
    return StoredSummary(rendered[:ETAG_LENGTH].decode(), rendered[ETAG_LENGTH:], known=stored is not None)


def _swept(found: dict[bytes, bytes]) -> Swept:
    return {int(survey): int(start) for survey, start in found.items()}
