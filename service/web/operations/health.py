"""Whether the service lives, and whether it can answer, in words."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from service.cache.freshness import STALE, age_of
from service.store.control import REJECTED
from service.survey.errors import StoreError, StorePasswordError, StoreRefusedError
from service.survey.summary import iso
from service.web.operations.troubles import alert_troubles, troubles_of
from service.web.responses import NOT_STORED, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.cache.circuit_breaker import CircuitBreaker
    from service.cache.freshness import FreshnessRule
    from service.ports import Clock
    from service.store.alerts.delivery_states import Backlog
    from service.store.control import Control
    from service.store.deployments.survey_lists import SurveyLists
    from service.store.wholeness.sweeps import Sweeps

# Why the store takes no writes; reads still work.
NO_WRITES: Final = {
    "memory": "the store refuses writes: its memory is full",
    "disk": "the store refuses writes: it cannot save to its disk",
    "read_only": "the store refuses writes: it is read-only",
    "replicas": "the store refuses writes: too few replicas follow it",
    "paused": "writes to the store are paused",
}
OTHERS_WAITED_FOR: Final = 15.0  # seconds from the first survey on: at a usual start the others soon follow
HTTP_OK, HTTP_UNAVAILABLE = 200, 503


class Readiness:
    """Whether this process can answer: once surveys were swept, by any process. Then it stays ready, or degraded."""

    def __init__(
        self,
        control: Control,
        rule: FreshnessRule,
        clock: Clock,
        breaker: CircuitBreaker,
        lists: SurveyLists,
        *,
        writes: Callable[[], str | None] = lambda: None,
        evicts: Callable[[], str | None] = lambda: None,
        draining: Callable[[], bool] = lambda: False,
        alerts: Callable[[], Sequence[Backlog]] = tuple,
        reconcile_interval: float = inf,
    ) -> None:
        """`writes`: in a word, why the store takes no writes; None where it does.

        `evicts`: the policy by which it drops keys, or None. `reconcile_interval`: seconds.
        """
        self._control = control
        self._rule = rule
        self._clock = clock
        self._breaker = breaker
        self._lists = lists
        self._writes = writes
        self._evicts = evicts
        self._draining = draining
        self._alerts = alerts
        self._reconcile_interval = reconcile_interval
        self._was_ready = False

    def look(self) -> tuple[int, dict[str, Any]]:
        """The status and the document, with what is wrong in words."""
        if self._draining():
            return HTTP_UNAVAILABLE, {"status": "draining", "reasons": ["the service was told to end"]}
        try:
            swept, troubles = self._breaker.call(self._read)
        except StoreError as error:
            # A process that was ready goes on serving its copies in memory; out of rotation it would serve nobody.
            status = HTTP_OK if self._was_ready else HTTP_UNAVAILABLE
            word = "degraded" if self._was_ready else "unavailable"
            return status, {"status": word, "reasons": [_why(error)]}
        ages = {survey: self._rule.of(swept, self._clock.now(), [survey]) for survey in self._rule.surveys}
        missing = [survey for survey in ages if survey not in swept and survey not in swept.held]
        waiting = [f"survey {survey} has not been swept yet" for survey in missing]
        if self._starts(swept, [*missing, *swept.backfilling]):
            return HTTP_UNAVAILABLE, {"status": "starting", "reasons": waiting + troubles}
        self._was_ready = True
        reasons = (
            waiting
            + troubles
            + [
                f"survey {survey} was last swept at {iso(age.as_of)}"
                for survey, age in ages.items()
                if age.state == STALE and age.as_of and survey not in swept.held
            ]
        )
        reasons += [
            f"survey {survey} was last swept in the future, by a clock that was wrong: its age is unknown"
            for survey, age in ages.items()
            if age.as_of is None and survey in swept
        ]
        return HTTP_OK, {"status": "degraded" if reasons else "ready", "reasons": reasons}

    def _starts(self, swept: Sweeps, missing: Sequence[int]) -> bool:
        """Whether to wait for `missing` surveys: until a first one was swept, and OTHERS_WAITED_FOR longer."""
        there = [swept[survey] for survey in self._rule.surveys if survey in swept]
        if not there or not missing or self._was_ready:
            return not there
        age = age_of(min(there), self._clock.now())
        return age is not None and age < OTHERS_WAITED_FOR

    def _read(self) -> tuple[Sweeps, list[str]]:
        troubles = ["Netigate refuses the API key"] if self._control.trouble() == REJECTED else []
        alive = self._lists.alive()
        if len(alive) > 1:
            told = " and ".join(",".join(map(str, surveys)) for surveys in alive)
            troubles.append(f"two deployments list different surveys of this account: {told}")
        refused = self._writes()
        if refused:
            troubles.append(NO_WRITES.get(refused, f"the store refuses writes: {refused}"))
        if policy := self._evicts():
            troubles.append(
                f"the store may drop answers (maxmemory-policy {policy}): a customer would read as one without any"
            )
        trees = self._control.tree_marks(self._rule.surveys)
        for survey in self._rule.surveys:
            doubt = trees[survey].doubt if survey in trees else None
            troubles += troubles_of(
                survey, self._control.state(survey), doubt, self._clock.now(), self._reconcile_interval
            )
        troubles += [trouble for backlog in self._alerts() for trouble in alert_troubles(backlog, self._clock.now())]
        return self._control.swept(), troubles


def _why(error: StoreError) -> str:
    if isinstance(error, StorePasswordError):
        return "the store refuses the password"
    if isinstance(error, StoreRefusedError):
        return f"the store refuses to be read: {error.kind}"
    return "the store cannot be reached"


def health_blueprint(readiness: Readiness, spec: str, version: str) -> Blueprint:
    """/healthz, /readyz and /openapi.yaml, open to all."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return json_response({"status": "alive", "version": version}, cache=NOT_STORED)

    @routes.get("/readyz")
    def readyz() -> Response:
        status, document = readiness.look()
        return json_response(document, status, cache=NOT_STORED)

    @routes.get("/openapi.yaml")
    def openapi() -> Response:
        return Response(spec, content_type="application/yaml")

    return routes
