"""An app with the hosts' blueprints and nothing else, over fakes of the ports."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from service.crm.verify import HostRejectedError, HostRequestError
from service.survey.errors import StoreAwayError

DATA = Path(__file__).parents[2] / "data" / "crm"
WIDGET_SECRET = "invented-widget-secret-of-40-characters!"
NOW = datetime(2026, 11, 23, 21, tzinfo=UTC)


@dataclass
class FakeClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


FRESH = {"state": "fresh", "as_of": "2026-11-23T20:59:48Z", "age_seconds": 12, "refresh_after_seconds": 48}
UNREAD = {"state": "stale", "as_of": None, "age_seconds": None, "refresh_after_seconds": 5}
ANSWER = {
    "question_item_id": 31,
    "question": "Hur nöjd är du med oss?",
    "kind": "satisfaction",
    "answer": "Mycket missnöjd",
    "score": 0.0,
    "band": "very_dissatisfied",
    "scale": {"points": 5, "direction": "ascending"},
    "method": "wording",
    "reason": None,
}
COMMENT = ANSWER | {
    "question_item_id": 40,
    "question": "Varför?",
    "kind": None,
    "answer": "Ingen <b>svarar</b> [mig](https://example.com)",
    "score": None,
    "band": None,
    "scale": None,
    "method": None,
    "reason": "free_text",
    "comment": True,
}
LATEST = {
    "answer_set_id": 9001,
    "survey": {"id": 4711, "name": "Kundnöjdhet"},
    "respondent_id": 501,
    "contact_id": "P-77",
    "answered_at": "2026-11-22T08:10:00Z",
    "updated_at": "2026-11-22T08:10:00Z",
    "score": 0.0,
    "band": "very_dissatisfied",
    "score_basis": {"kind": "satisfaction", "items": 1},
    "answers": [ANSWER],
}
ANSWERED = {
    "freshness": FRESH,
    "score": 0.0,
    "band": "very_dissatisfied",
    "trend": {"previous": 75.0, "change": -75.0},
    "answered": 2,
    "last_answered_at": "2026-11-22T08:10:00Z",
    "low_respondents": 1,
    "latest": LATEST,
    "history": [{"answered_at": "2026-11-22T08:10:00Z", "score": 0.0, "survey_id": 4711}],
}
NOTHING = {
    "freshness": FRESH,
    "score": None,
    "band": None,
    "trend": None,
    "answered": 0,
    "last_answered_at": None,
    "low_respondents": 0,
    "latest": None,
    "history": [],
}
UNSCORED = ANSWERED | {
    "score": None,
    "band": None,
    "trend": None,
    "latest": LATEST | {"score": None, "band": None, "score_basis": None},
}
UNSURE = ANSWER | {"answer": "Vet ej", "score": None, "band": None, "method": None, "reason": "no_opinion"}
OLDER_SCORE = ANSWERED | {
    "latest": LATEST | {"score": None, "band": None, "score_basis": None, "answers": [UNSURE]},
    "history": [
        {"answered_at": "2026-11-22T08:10:00Z", "score": None, "survey_id": 4711},
        {"answered_at": "2026-09-02T08:10:00Z", "score": 0.0, "survey_id": 4711},
    ],
}
# A recommendation of 6 in ten by somebody who gave 9 before: on 0-100 a 60, which its band contradicts.
DETRACTOR = ANSWERED | {
    "score": 60.0,
    "band": "dissatisfied",
    "trend": {
        "previous": 90.0,
        "change": -30.0,
        "respondent_id": 501,
        "contact_id": "P-77",
        "contact_name": "Anna Berg",
    },
    "latest": LATEST
    | {
        "score": 60.0,
        "band": "dissatisfied",
        "contact_name": "Anna Berg",
        "score_basis": {"kind": "nps", "items": 1},
        "answers": [ANSWER | {"kind": "nps", "answer": "6", "score": 60.0, "band": "dissatisfied"}],
    },
    "history": [ANSWERED["history"][0] | {"score": 60.0, "kind": "nps"}],
}
# "Ganska nöjd" as second of five from "Missnöjd" upwards: its own polarity makes 25 neutral.
RAISED = ANSWERED | {"score": 25.0, "band": "neutral", "latest": LATEST | {"score": 25.0, "band": "neutral"}}
SUMMARIES: dict[str, dict[str, Any]] = {
    "answered": ANSWERED,
    "never_answered": NOTHING,
    "no_score": UNSCORED,
    "starting_up": NOTHING | {"freshness": UNREAD},
}


@dataclass
class FakeSummaries:
    """One summary for everybody; comments only where they are asked for; or a store that is away."""

    summary_document: dict[str, Any] = field(default_factory=lambda: dict(ANSWERED))
    away: bool = False

    def summary(self, customer_id: str, *, comments: bool) -> dict[str, Any]:
        if self.away:
            raise StoreAwayError
        document = {"customer_id": customer_id, **self.summary_document}
        if comments and document["latest"]:
            document["latest"] = document["latest"] | {"answers": [*document["latest"]["answers"], COMMENT]}
        return document


def recorded(host: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((DATA / f"{host}.json").read_text("utf-8"))
    return document


def requests_of(host: str, *, good: bool) -> list[Any]:
    """The recorded requests as test parameters."""
    return [
        pytest.param(request, id=request["name"])
        for request in recorded(host)["requests"]
        if (request["expect"] in {"ok", "page"}) == good
    ]


def send(client: FlaskClient, request: dict[str, Any], **more: Any) -> Any:
    return client.open(
        request["path"],
        method=request["method"],
        headers={**request["headers"], **more.pop("headers", {})},
        data=request["body"] or None,
        **more,
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def summaries() -> FakeSummaries:
    return FakeSummaries()


Build = Callable[[Sequence[Blueprint]], FlaskClient]


@pytest.fixture
def build() -> Build:
    """Stand-in for the app: the two errors become the statuses that the app's table gives them."""

    def make(blueprints: Sequence[Blueprint]) -> FlaskClient:
        app = Flask("crm-test")
        for blueprint in blueprints:
            app.register_blueprint(blueprint)
        app.register_error_handler(HostRejectedError, lambda error: ({"code": error.code, "text": str(error)}, 401))
        app.register_error_handler(HostRequestError, lambda error: ({"field": error.field, "text": str(error)}, 422))
        return app.test_client()

    return make
