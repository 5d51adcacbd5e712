"""The read: what is known of a customer or a respondent, with its age.

From the store; from this process's copy while Redis is away; and for a respondent that no sweep covers yet, from
Netigate by way of the store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from service.cache.freshness import FRESH, STALE, Ages
from service.cache.local_cache import CachedDocument, LocalCache
from service.store.reads import position
from service.survey.errors import BadCursorError, StoreError
from service.survey.summary import result_document

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from service.cache.freshness import Freshness, FreshnessRule
    from service.cache.single_flight import ReadThrough
    from service.ports import Clock
    from service.store.feeds.updates import UpdatesPage
    from service.store.reads import After, Reads
    from service.store.wholeness.sweeps import Sweeps
    from service.survey.results import Result


@dataclass(frozen=True, slots=True)
class Reply:
    """A document without its freshness, the ETag over it, and the freshness beside it."""

    body: bytes  # a JSON object
    etag: str
    freshness: Freshness
    cursor: str | None = None
    away: bool = False  # from this process's copy, since the store is away
    fetched: bool = False  # Netigate was asked for this very read

    def rendered(self) -> bytes:
        """The whole document: freshness put in front, without a second JSON pass."""
        return b'{"freshness":' + self.freshness.rendered + b"," + self.body[1:]


_LARGEST_ID = 2**63 - 1  # of Netigate's respondents
_MOST_DIGITS = 19
NO_ANSWER = b'"answered":0,'  # in a summary's JSON: no text can hold it, since its quotes would be escaped


def _held(document: dict[str, Any], swept: Sweeps, cursor: str | None = None) -> CachedDocument:
    body = orjson.dumps(document)
    return CachedDocument(body, hashlib.blake2b(body, digest_size=8).hexdigest(), swept, cursor)


class Lookup:
    """Answers reads. Implements ports.Summaries. Every call raises StoreError when the store is away or refuses."""

    def __init__(
        self,
        reads: Reads,
        rule: FreshnessRule,
        clock: Clock,
        copies: LocalCache,
        *,
        through: ReadThrough | None = None,
        budget: float = 0.0,
    ) -> None:
        """`through` fetches respondents that the sweep does not cover; a reader waits `budget` seconds at most."""
        self._reads = reads
        self._rule = rule
        self._clock = clock
        self._copies = copies
        self._through = through
        self._budget = budget
        self._ages = Ages(rule)

    def satisfaction(self, customer_id: str, *, comments: bool) -> Reply:
        """A customer's summary."""

        def load() -> CachedDocument:
            found, swept = self._reads.summary(customer_id, comments=comments, swept=self._recent())
            return CachedDocument(found.body, found.etag, swept)

        return self._answer(("satisfaction", customer_id, comments), load)

    def satisfactions(self, customer_ids: Sequence[str], *, comments: bool) -> Reply:
        """Several customers' summaries, in the order asked, each with its freshness."""

        def load() -> CachedDocument:
            found, swept = self._reads.summaries(customer_ids, comments=comments, swept=self._recent())
            etag = hashlib.blake2b("".join(summary.etag for summary in found).encode(), digest_size=8).hexdigest()
            # Bodies one after the other; each gets its freshness when it is answered.
            return CachedDocument(b"\n".join(summary.body for summary in found), etag, swept)

        reply = self._answer(("satisfactions", tuple(customer_ids), comments), load)
        # The same freshness for all: put in front of each body, between the end of one and the start of the next.
        before = b'{"freshness":' + reply.freshness.rendered + b","
        each = (b"},\n" + before).join(reply.body[1:-1].split(b"}\n{"))
        return replace(reply, body=b'{"customers":[' + before + each + b"}]}")

    def updates(self, page: UpdatesPage, *, comments: bool) -> Reply:
        """A page of customers who have changed, each with its summary as it is now, or gone.

        Always from the store: a copy could be older than the change.
        """
        there = [update.customer_id for update in page.customers if not update.gone]
        found, swept = self._reads.summaries(there, comments=comments)
        stored = dict(zip(there, found, strict=True))
        freshness = self._ages.of(swept, self._clock.now(), None)
        before = b'{"freshness":' + freshness.rendered + b","
        end = b'],"cursor":' + orjson.dumps(page.cursor) + b',"has_more":' + orjson.dumps(page.more) + b"}"
        etag, customers = hashlib.blake2b(end, digest_size=8), []
        for update in page.customers:
            summary = stored.get(update.customer_id)
            if summary is None or NO_ANSWER in summary.body:  # gone, or erased since the page was read
                customers.append(orjson.dumps({"customer_id": update.customer_id, "gone": True}))
                etag.update(customers[-1])
            else:
                customers.append(before + summary.body[1:])
                etag.update(summary.etag.encode())
        return Reply(b'{"customers":[' + b",".join(customers) + end, etag.hexdigest(), freshness)

    def summary(self, customer_id: str, *, comments: bool) -> dict[str, Any]:
        """A customer's summary as data, for the card and the CRM hosts."""
        document: dict[str, Any] = orjson.loads(self.satisfaction(customer_id, comments=comments).rendered())
        return document

    def customer_results(
        self, customer_id: str, *, survey_id: int | None, limit: int, cursor: str | None, comments: bool
    ) -> Reply:
        """Results of all of a customer's respondents, newest first. Raises BadCursorError."""
        after = _after(cursor) if cursor else None

        def load() -> CachedDocument:
            page, swept = self._reads.customer_results(customer_id, survey_id=survey_id, limit=limit, after=after)
            return _listed(page.results, swept, more=page.more, comments=comments)

        return self._answer(("customer", customer_id, survey_id, limit, after, comments), load, survey_id)

    def customer_latest(self, customer_id: str, *, comments: bool) -> Reply:
        def load() -> CachedDocument:
            page, swept = self._reads.customer_results(customer_id, survey_id=None, limit=1, after=None)
            return _latest(page.results, swept, comments=comments)

        return self._answer(("customer", customer_id, comments), load)

    def respondent_results(
        self, respondent_id: str, *, survey_id: int | None, limit: int, cursor: str | None, comments: bool
    ) -> Reply:
        """One respondent's results, newest first; none for text that is no number, since Netigate's ids are numbers."""
        after = _after(cursor) if cursor else None

        def load() -> CachedDocument:
            found, swept = self._reads.respondent_results(_number(respondent_id))
            left = [r for r in found if survey_id in {None, r.survey_id} and (after is None or position(r) < after)]
            return _listed(left[:limit], swept, more=len(left) > limit, comments=comments)

        return self._of_respondent(
            respondent_id, ("respondent", respondent_id, survey_id, limit, after, comments), load, survey_id
        )

    def respondent_latest(self, respondent_id: str, *, comments: bool) -> Reply:
        def load() -> CachedDocument:
            found, swept = self._reads.respondent_results(_number(respondent_id))
            return _latest(found[:1], swept, comments=comments)

        return self._of_respondent(respondent_id, ("respondent", respondent_id, comments), load, None)

    def _of_respondent(
        self, respondent_id: str, key: Hashable, load: Callable[[], CachedDocument], survey_id: int | None
    ) -> Reply:
        """Known respondents are answered at once and refreshed in the background; unknown ones after a fetch."""
        reply = self._answer(key, load, survey_id)
        number = _number(respondent_id)
        if self._through is None or reply.away or number == 0 or reply.freshness.state == FRESH:
            return reply
        known = b"answer_set_id" in reply.body
        try:
            last = self._through.fetch(number, budget=0.0 if known else self._budget)
            if last is None:
                return reply
            # A fetch that reached only some surveys may have brought results, but does not make the answer younger.
            start = last.start if last.ok else None
            fetched = self._answer((key, last), lambda: replace(load(), fetched=start), survey_id)
        except StoreError:
            return reply  # Redis is away by now, or takes no writes: what was read a moment ago is better than nothing
        return replace(fetched, fetched=not known)

    def _recent(self) -> Sweeps | None:
        """The sweeps as lately looked at; None also where a survey's first sweep may have ended since."""
        found = self._copies.recent()
        if found is None or found.backfilling:
            return None
        return found if all(survey in found or survey in found.held for survey in self._rule.surveys) else None

    def _answer(self, key: Hashable, load: Callable[[], CachedDocument], survey_id: int | None = None) -> Reply:
        held, away = self._copies.read(key, load)
        surveys = [survey_id] if survey_id in self._rule.surveys and survey_id is not None else None
        swept = held.swept
        if held.fetched is not None:
            swept = swept.since(held.fetched, self._rule.surveys)
        freshness = self._ages.of(swept, self._clock.now(), surveys)
        if away:
            freshness = replace(freshness, state=STALE)
        return Reply(held.body, held.etag, freshness, held.cursor, away=away)


def _number(respondent_id: str) -> int:
    # 0 is nobody.
    digits = respondent_id.isascii() and respondent_id.isdigit() and len(respondent_id) <= _MOST_DIGITS
    number = int(respondent_id) if digits else 0
    return number if number <= _LARGEST_ID else 0


def _listed(results: Sequence[Result], swept: Sweeps, *, more: bool, comments: bool) -> CachedDocument:
    cursor = _cursor(results[-1]) if more else None
    documents = [result_document(result, comments=comments) for result in results]
    return _held({"results": documents, "cursor": cursor, "has_more": more}, swept, cursor)


def _latest(results: Sequence[Result], swept: Sweeps, *, comments: bool) -> CachedDocument:
    latest = next((result_document(result, comments=comments) for result in results), None)
    return _held({"latest": latest}, swept)


def _cursor(result: Result) -> str:
    text = ".".join(str(part) for part in position(result))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(cursor: str) -> After:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        answered, survey, answer_set = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise BadCursorError from None
    return answered, survey, answer_set
