"""The service's inner parts over a given store and a fake Netigate, as tests wire them."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

from service.app import lexicon_files as lexicons
from service.cache.circuit_breaker import CircuitBreaker
from service.cache.freshness import FreshnessRule
from service.cache.local_cache import LocalCache
from service.cache.lookup import Lookup
from service.store.keys import Keys
from service.store.redis_store import redis_store
from service.store.survey_state import SurveyState
from service.survey.errors import StoreError
from service.survey.questions.codebook import Codebook, codebook
from service.survey.scoring.overrides import Overrides
from service.survey.scoring.scorer import Scorer
from service.sweeping.change_feed import ChangeFeed, ChangeOptions
from service.sweeping.held_surveys import HeldSurveys
from service.sweeping.reconciling.housekeeping import Housekeeping
from service.sweeping.reconciling.reconcile import Reconciler, ReconcileReport
from service.sweeping.set_filing import filing_of
from service.sweeping.sweep import Sweeper, SweepOptions, SweepReport
from tests.support.fakes import FakeClock, FakeUpstream, make_set, make_survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from service.store.connection.clients import Client
    from service.store.filing.plan import Filing
    from service.store.reads import StoredSummary
    from service.survey.model import AnswerSet, Survey

SURVEY = 4711
CUSTOMERS = 20  # of whom `file_changes` files answers
CUSTOMER_LABEL, CONTACT_LABEL = "CRM-ID", "Kontakt-ID"


def read_survey(survey: Survey | None = None) -> Codebook:
    """How a survey is read, with the labels of the fakes."""
    return codebook(
        survey or make_survey(),
        Scorer(lexicons.load()),
        customer_label=CUSTOMER_LABEL,
        contact_label=CONTACT_LABEL,
        labels={},
    )


class House:
    """One account's store, sweeper and lookup, with a clock that tests move."""

    def __init__(self, client: Client, *, surveys: tuple[int, ...] = (SURVEY,), account: str = "test") -> None:
        self.client = client
        self.clock = FakeClock()
        self.keys = Keys(account)
        self.store = redis_store(client, self.keys, self.clock)
        self.upstream = FakeUpstream()
        self.surveys = surveys
        self.change_feed = ChangeFeed(self.store, ChangeOptions(), surveys, self.clock)
        self.rule = FreshnessRule(60.0, 180.0, surveys)
        self.how = {survey: read_survey(make_survey(survey)) for survey in surveys}

    @property
    def lookup(self) -> Lookup:
        """A new one, so without copies of earlier reads."""
        copies = LocalCache(CircuitBreaker(self.clock), self.store.control.swept, self.clock)
        return Lookup(self.store.reads, self.rule, self.clock, copies)

    def sweeper(self, stopping: Callable[[], bool] = lambda: False, **options: Any) -> Sweeper:
        chosen = {"customer_label": CUSTOMER_LABEL, "contact_label": CONTACT_LABEL, "overlap": 120.0, **options}
        scorer = Scorer(lexicons.load(), chosen.pop("overrides", Overrides()))
        return Sweeper(
            self.upstream, self.store, scorer, self.change_feed, SweepOptions(**chosen), self.clock, stopping=stopping
        )

    def sweep(self, survey: int = SURVEY, sweeper: Sweeper | None = None) -> SweepReport:
        with self.lease(survey) as token:
            report = (sweeper or self.sweeper()).sweep(survey, token)
            self.store.control.mark_backfilling(survey, backfilling=False)  # as the reconcile behind it does
            return report

    def reconciler(self, sweeper: Sweeper | None = None, *, patience: float = 20.0) -> Reconciler:
        """Waits long enough for any list, unless `patience` says otherwise: the machine may be busy."""
        return Reconciler(self.upstream, self.store, sweeper or self.sweeper(), self.clock, patience=patience)

    def housekeeping(self, reconciler: Reconciler, interval: float, **more: Any) -> Housekeeping:
        held = HeldSurveys(self.upstream, self.store, recent=180.0, gone_days=3.0)
        return Housekeeping(reconciler, self.change_feed, self.store, interval, held=held, **more)

    def reconcile(self, survey: int = SURVEY, sweeper: Sweeper | None = None) -> ReconcileReport:
        """Compare with the list and fetch what is missing; `missing` is what was."""
        with self.lease(survey) as token:
            reconciler = self.reconciler(sweeper)
            report = reconciler.reconcile(survey, token)
            assert report is not None
            reconciler.missing.fetch(survey, token)
            return report

    @contextlib.contextmanager
    def lease(self, survey: int = SURVEY, seconds: float = 60.0) -> Iterator[str]:
        token = self.store.control.take_lease(survey, seconds)
        assert token is not None
        try:
            yield token
        finally:
            self.store.control.keep_lease(survey, token, 0)

    def filings(self, *sets: AnswerSet) -> list[Filing]:
        return [filing_of(answer_set, self.how[answer_set.survey_id]) for answer_set in sets]

    def file(self, *sets: AnswerSet, **how: Any) -> int:
        """File answer sets of one survey; how many were new. Changes are told unless `event` says otherwise."""
        how.setdefault("event", self.maker())
        return self.store.filer.file(sets[0].survey_id, self.filings(*sets), **how)

    def file_changes(
        self, numbers: Iterable[int], *, kill_at: int | None = None, kill: Callable[[], None] = lambda: None
    ) -> None:
        """File answers one by one, as sweeps do: what fails is tried again. Customers and bands go by turns."""
        ends = time.monotonic() + 60
        for number in numbers:
            if number == kill_at:
                kill()
            turn, customer = divmod(number, CUSTOMERS)
            word = "Mycket missnöjd" if turn % 2 == 0 else "Mycket nöjd"
            made = make_set(number + 1, word, customer=f"C-{customer}", respondent=customer + 1)
            while True:
                try:
                    self.file(made)
                    break
                except StoreError:
                    assert time.monotonic() < ends, "the store did not come back"

    def maker(self) -> Any:
        return self.change_feed.maker(SurveyState(begun=self.store.filer.now(), settled=True))

    def summary(self, customer: str, *, comments: bool = False) -> dict[str, Any]:
        return self.lookup.summary(customer, comments=comments)

    def stored(self, customer: str, *, comments: bool = False) -> StoredSummary:
        return self.store.reads.summaries([customer], comments=comments)[0][0]

    def sets_of(self, customer: str) -> list[int]:
        page, _ = self.store.reads.customer_results(customer, survey_id=None, limit=100, after=None)
        return [result.answer_set_id for result in page.results]

    def sets_of_respondent(self, respondent: int) -> list[int]:
        return [result.answer_set_id for result in self.store.reads.respondent_results(respondent)[0]]

    def changes(self) -> list[dict[str, Any]]:
        return list(self.store.feed.page(cursor=None, since=None, limit=1000, wanted=lambda _: True).changes)
