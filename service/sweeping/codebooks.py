"""Each survey's current codebook: made of its question tree, from the store while recent, else from Netigate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from service.cache.freshness import age_of
from service.store.survey_state import Catalogue
from service.survey.doubt import TREE_UNREAD, Suspicion, doubt_of_tree, suspect
from service.survey.errors import MalformedError, RateLimitedError, UnavailableError, UpstreamError
from service.survey.identity import label_items
from service.survey.model import Reason
from service.survey.questions.codebook import Codebook, codebook
from service.survey.questions.tree_changes import drift_of, former_editions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.survey.model import Survey
    from service.survey.scoring.scorer import Scorer

log = structlog.get_logger()

CATALOGUE_SECONDS = 600.0  # a question tree is read again after this long
CONFIRM_SECONDS = 300.0  # a tree that removes much is believed once it has stayed the same for this long
LOOKS_WHILE_DOUBTED = 4
ANEW_SECONDS = 60  # or, when answers do not fit it, after this long at the earliest
# Counters of the account; `observability.metric_table` has their public names.
ALTERED = ("drift_items",)
UNKNOWN = ("drift_wordings",)


@dataclass(frozen=True, slots=True)
class Labels:
    """The background labels that hold the CRM's IDs, as the operator names them."""

    customer: str
    contact: str | None
    contact_name: str | None = None


def read(catalogue: Catalogue, scorer: Scorer, labels: Labels) -> Codebook:
    """The codebook of a stored catalogue."""
    return codebook(
        catalogue.survey,
        scorer,
        customer_label=labels.customer,
        contact_label=labels.contact,
        labels=catalogue.labels,
        former=catalogue.former,
        contact_name_label=labels.contact_name,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    read_at: int  # Unix milliseconds
    reading: Codebook
    doubted: bool = False


class Codebooks:
    """Codebooks by survey, kept in this process and, as catalogues, in the store for the other processes."""

    def __init__(
        self,
        upstream: Upstream,
        store: RedisStore,
        scorer: Scorer,
        labels: Labels,
        clock: Clock,
        *,
        interval: float = CATALOGUE_SECONDS,
        confirm: float = CONFIRM_SECONDS,
    ) -> None:
        """`interval`: seconds between readings of a tree. `confirm`: seconds that a doubted one must stay the same."""
        self._interval = interval
        self._confirm = confirm
        self._upstream = upstream
        self._store = store
        self._scorer = scorer
        self._labels = labels
        self._clock = clock
        self._known: dict[int, _Known] = {}

    @property
    def ruleset(self) -> str:
        return self._scorer.ruleset

    def now(self, survey_id: int, *, anew: bool = False) -> Codebook:
        """The current codebook. `anew`: answers do not fit the known one, so read sooner. Raises UpstreamError."""
        longest = min(ANEW_SECONDS, self._interval) if anew else self._interval
        known = self._known.get(survey_id)
        if known and self._is_younger(known.read_at, self._patience(longest, doubted=known.doubted)):
            return known.reading
        stored = self._store.control.catalogue(survey_id)
        if stored and self._is_younger(stored.read_at, self._patience(longest, doubted=stored.doubt is not None)):
            how = self._keep(stored)
            # A tree read under other options may lack the names of labels that are wanted now.
            if how.customer_items or anew or self._is_younger(stored.read_at, ANEW_SECONDS):
                return how
        return self._fetch(survey_id, stored)

    def _patience(self, longest: float, *, doubted: bool) -> float:
        """Seconds until a tree is read again; fewer while one is doubted, to see whether it stays the same."""
        return min(longest, self._confirm / LOOKS_WHILE_DOUBTED) if doubted else longest

    def _is_younger(self, read_at: int, seconds: float) -> bool:
        age = age_of(read_at, self._clock.now())
        return age is not None and age < seconds

    def stored(self, survey_id: int) -> Codebook | None:
        """The last known codebook, however old; None where there is none. Makes no call to Netigate."""
        known = self._known.get(survey_id)
        if known:
            return known.reading
        catalogue = self._store.control.catalogue(survey_id)
        return self.of(catalogue) if catalogue else None

    def of(self, catalogue: Catalogue) -> Codebook:
        """The codebook of a stored catalogue, under this process's rules and labels."""
        return read(catalogue, self._scorer, self._labels)

    def _fetch(self, survey_id: int, before: Catalogue | None) -> Codebook:
        now = int(self._clock.now().timestamp() * 1000)
        try:
            survey = self._read(survey_id)
        except (MalformedError, UnavailableError) as error:
            if before is None or _asks_to_wait(error):
                raise
            unread = suspect(before.doubt, "unread", TREE_UNREAD, now)
            return self._hold(replace(before, read_at=now, doubt=unread), told=before.doubt)
        names = self._label_names(survey)
        doubt = self._doubt(before, survey, names, now)
        if before is not None and doubt is not None:
            return self._hold(replace(before, read_at=now, doubt=doubt), told=before.doubt)
        former = former_editions(before.survey, survey, before.former, now) if before else ()
        catalogue = Catalogue(survey, names, now, former)
        self._store.control.set_catalogue(catalogue)
        how = self._keep(catalogue)
        if not how.customer_items:
            log.warning("customer_label_not_in_survey", survey_id=survey_id)
        self._tell_drift(before.survey if before else None, how)
        return how

    def _read(self, survey_id: int) -> Survey:
        survey = _slim(self._upstream.survey(survey_id))
        if not survey.items:
            # Believing it would remove every answer and every customer.
            raise MalformedError("questions", cause="no question items")
        return survey

    def _doubt(self, before: Catalogue | None, after: Survey, names: Mapping[int, str], now: int) -> Suspicion | None:
        """Why, and since when, the tree just read is not believed; None where it is believed."""
        if before is None:
            return None
        label = self._labels.customer
        nobodys = bool(label_items(before.survey, label, before.labels)) and not label_items(after, label, names)
        reason = doubt_of_tree(before.survey, after, nobodys=nobodys)
        if reason is None:
            return None
        doubt = suspect(before.doubt, hashlib.sha256(repr(after.items).encode()).hexdigest()[:16], reason, now)
        return None if doubt.confirmed(now, self._confirm) else doubt

    def _hold(self, catalogue: Catalogue, *, told: Suspicion | None) -> Codebook:
        """Go on with the last good tree, and log that once."""
        self._store.control.set_catalogue(catalogue)
        if catalogue.doubt is not None and (told is None or told.name != catalogue.doubt.name):
            log.error("question_tree_held", survey_id=catalogue.survey.id, reason=catalogue.doubt.reason)
        return self._keep(catalogue)

    def _keep(self, catalogue: Catalogue) -> Codebook:
        how = self.of(catalogue)
        self._known[catalogue.survey.id] = _Known(catalogue.read_at, how, doubted=catalogue.doubt is not None)
        return how

    def _label_names(self, survey: Survey) -> Mapping[int, str]:
        """Names of background labels, asked for only where the question items do not say enough."""
        wanted = [label for label in (self._labels.customer, self._labels.contact, self._labels.contact_name) if label]
        if all(label_items(survey, label, {}) for label in wanted):
            return {}
        try:
            return self._upstream.labels(survey.id)
        except UpstreamError:
            # Netigate may refuse these calls for good. Only the customer's label is indispensable.
            if not label_items(survey, self._labels.customer, {}):
                raise
            log.warning("label_names_unread", survey_id=survey.id)
            return {}

    def _tell_drift(self, before: Survey | None, how: Codebook) -> None:
        altered = unknown = 0
        for drift in drift_of(before, how.survey):
            scale = how.scales[drift.question_item_id]
            odd = {step.text for step in scale.steps if step.reason is Reason.UNMAPPED} & set(drift.added)
            altered += not drift.is_new
            unknown += len(odd)
            if not drift.is_new or odd:
                log.warning(
                    "alternatives_changed" if not drift.is_new else "wordings_not_understood",
                    survey_id=how.survey.id,
                    question_item_id=drift.question_item_id,
                    added=len(drift.added),
                    removed=len(drift.removed),
                    not_understood=len(odd),
                )
        if altered or unknown:
            self._store.counters.add({ALTERED: altered, UNKNOWN: unknown})


def _asks_to_wait(error: UpstreamError) -> bool:
    return isinstance(error, RateLimitedError) or (isinstance(error, UnavailableError) and error.retry_after > 0)


def _slim(survey: Survey) -> Survey:
    """A tree without the values of background items: they list every customer, and nothing is read from them."""
    items = tuple(
        item if item.background_label is None else replace(item, alternatives=(), statements=())
        for item in survey.items
    )
    return replace(survey, items=items)
