"""The read: what is known of a customer or a respondent, from the store alone, with its age."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.survey.errors import BadCursorError
from service.survey.summary import result_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.ports import Clock
    from service.store.freshness import Freshness, FreshnessRule
    from service.store.reads import After, Reads
    from service.survey.results import Result


@dataclass(frozen=True, slots=True)
class Reply:
    """A document without its freshness, the ETag over it, and the freshness beside it."""

    body: bytes  # a JSON object
    etag: str
    freshness: Freshness
    cursor: str | None = None

    def rendered(self) -> bytes:
        """The whole document: freshness put in front, without a second JSON pass."""
        return b'{"freshness":' + orjson.dumps(self.freshness.document) + b"," + self.body[1:]


def _reply(document: dict[str, Any], freshness: Freshness, cursor: str | None = None) -> Reply:
    body = orjson.dumps(document)
    return Reply(body, hashlib.blake2b(body, digest_size=8).hexdigest(), freshness, cursor)


class Lookup:
    """Answers reads. Implements ports.Summaries. Every call raises StoreAwayError when the store is away."""

    def __init__(self, reads: Reads, rule: FreshnessRule, clock: Clock) -> None:
        self._reads = reads
        self._rule = rule
        self._clock = clock

    def satisfaction(self, customer_id: str, *, comments: bool) -> Reply:
        """A customer's summary."""
        (found,), swept = self._reads.summaries([customer_id], comments=comments)
        return Reply(found.body, found.etag, self._rule.of(swept, self._clock.now()))

    def satisfactions(self, customer_ids: Sequence[str], *, comments: bool) -> Reply:
        """Several customers' summaries, in the order asked, each with its freshness."""
        found, swept = self._reads.summaries(customer_ids, comments=comments)
        freshness = self._rule.of(swept, self._clock.now())
        etag = hashlib.blake2b("".join(summary.etag for summary in found).encode(), digest_size=8).hexdigest()
        rendered = [Reply(summary.body, summary.etag, freshness).rendered() for summary in found]
        return Reply(b'{"customers":[' + b",".join(rendered) + b"]}", etag, freshness)

    def summary(self, customer_id: str, *, comments: bool) -> dict[str, Any]:
        """A customer's summary as data, for the card and the CRM hosts."""
        document: dict[str, Any] = orjson.loads(self.satisfaction(customer_id, comments=comments).rendered())
        return document

    def customer_results(
        self, customer_id: str, *, survey_id: int | None, limit: int, cursor: str | None, comments: bool
    ) -> Reply:
        """Results of all of a customer's respondents, newest first. Raises BadCursorError."""
        after = _after(cursor) if cursor else None
        page, swept = self._reads.customer_results(customer_id, survey_id=survey_id, limit=limit, after=after)
        return self._listed(page.results, swept, survey_id, more=page.more, comments=comments)

    def customer_latest(self, customer_id: str, *, comments: bool) -> Reply:
        page, swept = self._reads.customer_results(customer_id, survey_id=None, limit=1, after=None)
        return self._latest(page.results, swept, comments=comments)

    def respondent_results(
        self, respondent_id: str, *, survey_id: int | None, limit: int, cursor: str | None, comments: bool
    ) -> Reply:
        """One respondent's results, newest first; Netigate's ids are numbers, so other text has none."""
        after = _after(cursor) if cursor else None
        found, swept = self._of_respondent(respondent_id)
        left = [
            result
            for result in found
            if survey_id in {None, result.survey_id} and (after is None or _position(result) < after)
        ]
        return self._listed(left[:limit], swept, survey_id, more=len(left) > limit, comments=comments)

    def respondent_latest(self, respondent_id: str, *, comments: bool) -> Reply:
        found, swept = self._of_respondent(respondent_id)
        return self._latest(found[:1], swept, comments=comments)

    def _of_respondent(self, respondent_id: str) -> tuple[list[Result], dict[int, int]]:
        number = int(respondent_id) if respondent_id.isascii() and respondent_id.isdigit() else 0
        return self._reads.respondent_results(number)

    def _listed(
        self, results: Sequence[Result], swept: dict[int, int], survey_id: int | None, *, more: bool, comments: bool
    ) -> Reply:
        cursor = _cursor(results[-1]) if more else None
        surveys = [survey_id] if survey_id in self._rule.surveys and survey_id is not None else None
        document = {"results": [result_document(result, comments=comments) for result in results], "cursor": cursor}
        return _reply(document, self._rule.of(swept, self._clock.now(), surveys), cursor)

    def _latest(self, results: Sequence[Result], swept: dict[int, int], *, comments: bool) -> Reply:
        latest = next((result_document(result, comments=comments) for result in results), None)
        return _reply({"latest": latest}, self._rule.of(swept, self._clock.now()))


def _position(result: Result) -> After:
    row = result.row
    return row.answered, row.survey_id, row.answer_set_id


def _cursor(result: Result) -> str:
    text = ".".join(str(part) for part in _position(result))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(cursor: str) -> After:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        answered, survey, answer_set = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise BadCursorError from None
    return answered, survey, answer_set
