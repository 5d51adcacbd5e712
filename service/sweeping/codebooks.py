"""How each survey is read now: its question tree, from the store while it is young, else from Netigate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from service.store.control import Catalogue
from service.survey.errors import MalformedError, UpstreamError
from service.survey.identity import label_items
from service.survey.model import Reason
from service.survey.normalise import Codebook, codebook
from service.survey.tree_changes import drift_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock, Upstream
    from service.store.redis_store import RedisStore
    from service.survey.model import Survey
    from service.survey.scoring.scorer import Scorer

log = structlog.get_logger()

CATALOGUE_SECONDS = 600  # a question tree is read again after this long
ANEW_SECONDS = 60  # or, when answers do not fit it, after this long at the soonest
# Counts of the account; `observability.metric_table` says what they are called to the outside.
ALTERED = ("drift_items",)
UNKNOWN = ("drift_wordings",)


@dataclass(frozen=True, slots=True)
class Labels:
    """The background labels that hold the CRM's IDs, as the operator names them."""

    customer: str
    contact: str | None
    contact_name: str | None = None


def read(catalogue: Catalogue, scorer: Scorer, labels: Labels) -> Codebook:
    """How a survey is read, from what was stored of it."""
    return codebook(
        catalogue.survey,
        scorer,
        customer_label=labels.customer,
        contact_label=labels.contact,
        labels=catalogue.labels,
        contact_name_label=labels.contact_name,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    read_at: int  # Unix milliseconds
    reading: Codebook


class Codebooks:
    """Codebooks by survey, kept in this process and, as catalogues, in the store for every other one."""

    def __init__(self, upstream: Upstream, store: RedisStore, scorer: Scorer, labels: Labels, clock: Clock) -> None:
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
        """The reading of now; `anew` where answers do not fit the one that is known. Raises UpstreamError."""
        oldest = int(self._clock.now().timestamp() * 1000) - 1000 * (ANEW_SECONDS if anew else CATALOGUE_SECONDS)
        known = self._known.get(survey_id)
        if known and known.read_at > oldest:
            return known.reading
        stored = self._store.control.catalogue(survey_id)
        if stored and stored.read_at > oldest:
            how = self._keep(stored)
            # What was read for other options may lack the names of labels that are wanted now.
            if how.customer_items or anew or not self._is_older(stored, ANEW_SECONDS):
                return how
        return self._fetch(survey_id, stored)

    def _is_older(self, catalogue: Catalogue, seconds: float) -> bool:
        return self._clock.now().timestamp() - catalogue.read_at / 1000 > seconds

    def stored(self, survey_id: int) -> Codebook | None:
        """The last reading known, however old; None where there was none. Asks Netigate nothing."""
        known = self._known.get(survey_id)
        if known:
            return known.reading
        catalogue = self._store.control.catalogue(survey_id)
        return self.of(catalogue) if catalogue else None

    def of(self, catalogue: Catalogue) -> Codebook:
        """How a survey is read, from what was stored of it."""
        return read(catalogue, self._scorer, self._labels)

    def _fetch(self, survey_id: int, before: Catalogue | None) -> Codebook:
        survey = self._upstream.survey(survey_id)
        if not survey.items:
            # Believing it would take every answer and every customer away.
            raise MalformedError("questions", cause="no question items")
        catalogue = Catalogue(survey, self._label_names(survey), int(self._clock.now().timestamp() * 1000))
        self._store.control.set_catalogue(catalogue)
        how = self._keep(catalogue)
        if not how.customer_items:
            log.warning("customer_label_not_in_survey", survey_id=survey_id)
        self._tell_drift(before.survey if before else None, how)
        return how

    def _keep(self, catalogue: Catalogue) -> Codebook:
        how = self.of(catalogue)
        self._known[catalogue.survey.id] = _Known(catalogue.read_at, how)
        return how

    def _label_names(self, survey: Survey) -> Mapping[int, str]:
        """Names of background labels, asked for only where the question items do not say enough."""
        wanted = [label for label in (self._labels.customer, self._labels.contact, self._labels.contact_name) if label]
        if all(label_items(survey, label, {}) for label in wanted):
            return {}
        try:
            return self._upstream.labels(survey.id)
        except UpstreamError:
            # Any of these calls may be refused, for ever. Without a contact's name a customer is a customer still.
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
