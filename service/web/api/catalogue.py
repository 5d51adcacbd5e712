"""The surveys that are served, and how each is read. Building scales is costly, so they are kept for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from service.web.api.queries import read_query
from service.web.responses import json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.cache.circuit_breaker import CircuitBreaker
    from service.cache.freshness import FreshnessRule
    from service.ports import Clock
    from service.store.control import Control
    from service.store.survey_state import Catalogue
    from service.survey.questions.codebook import Codebook
    from service.web.auth import Authorizer


class Catalogues:
    """The listed surveys, as a sweeper last read them. Every call raises StoreError."""

    LIFETIME = 10.0  # seconds

    def __init__(
        self, control: Control, rule: FreshnessRule, clock: Clock, read: Callable[[Catalogue], Codebook]
    ) -> None:
        self._control = control
        self._rule = rule
        self._clock = clock
        self._read = read
        self._known: dict[int, tuple[str, Codebook]] = {}  # the name of its question tree, and what was read from it
        self._looked: float | None = None

    def codebooks(self) -> dict[int, Codebook]:
        """The codebooks by survey, for surveys that were read at least once."""
        now = self._clock.monotonic()
        if self._looked is None or now - self._looked >= self.LIFETIME:
            marks = self._control.tree_marks(self._rule.surveys)
            names = {survey: marks[survey].name if survey in marks else "" for survey in self._rule.surveys}
            same = {survey: known for survey, known in self._known.items() if known[0] == names[survey] != ""}
            read = self._control.catalogues(survey for survey in names if survey not in same)
            self._known = same | {survey: (names[survey], self._read(stored)) for survey, stored in read.items()}
            self._looked = now
        return {survey: self._known[survey][1] for survey in self._rule.surveys if survey in self._known}

    def doubted(self) -> dict[int, bool]:
        """Whether a later question tree of a survey is not believed yet."""
        found = self._control.tree_marks(self._rule.surveys)
        return {survey_id: mark.doubt is not None for survey_id, mark in found.items()}

    def document(self) -> dict[str, Any]:
        """The listed surveys, in the order listed; a survey not read yet has no name."""
        swept, now, known = self._control.swept(), self._clock.now(), self.codebooks()
        surveys = []
        for survey_id in self._rule.surveys:
            how = known.get(survey_id)
            surveys.append(
                {
                    "id": survey_id,
                    "name": how.survey.name if how else None,
                    "language": how.survey.language if how else None,
                    "freshness": self._rule.of(swept, now, [survey_id]).document,
                    "question_items": len(how.items) if how else 0,
                    "customer_label_found": bool(how and how.customer_items),
                }
            )
        return {"surveys": surveys}


def surveys_blueprint(catalogues: Catalogues, authorizer: Authorizer, breaker: CircuitBreaker) -> Blueprint:
    """/v1/surveys."""
    routes = Blueprint("surveys", __name__, url_prefix="/v1")

    @routes.get("/surveys")
    @authorizer.requires("results")
    def served_surveys() -> Response:
        read_query()
        return json_response(breaker.call(catalogues.document))

    return routes
