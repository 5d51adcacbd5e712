"""Examples of replies, by path. A test holds each against its schema."""

from __future__ import annotations

from typing import Any, Final

FRESHNESS: Final = {
    "state": "fresh", "as_of": "2026-11-23T20:59:48Z", "age_seconds": 12, "refresh_after_seconds": 48,
}  # fmt: skip
SURVEY: Final = {"id": 4711, "name": "Kundnöjdhet"}
ANSWER: Final = {
    "question_item_id": 31, "question": "Hur nöjd är du med oss?", "kind": "satisfaction", "answer": "Mycket missnöjd",
    "score": 0.0, "band": "very_dissatisfied", "scale": {"points": 5, "direction": "ascending"}, "method": "wording",
    "language": "sv", "reason": None, "step": 1,
}  # fmt: skip
LATEST: Final = {
    "answer_set_id": 9001, "survey": SURVEY, "respondent_id": 501, "contact_id": "P-77",
    "answered_at": "2026-11-22T08:10:00Z", "updated_at": "2026-11-22T08:10:00Z", "score": 0.0,
    "band": "very_dissatisfied", "score_basis": {"kind": "satisfaction", "items": 1}, "answers": [ANSWER],
}  # fmt: skip
OF_HISTORY: Final = {"survey_id": 4711, "kind": "satisfaction", "respondent_id": 501, "contact_id": "P-77"}
RESULT: Final = LATEST | {"customer_id": "C-1001"}
SUMMARY: Final = {
    "customer_id": "C-1001", "freshness": FRESHNESS, "score": 0.0, "band": "very_dissatisfied",
    "trend": {"previous": 75.0, "change": -75.0, "respondent_id": 501, "contact_id": "P-77"},
    "answered": 2, "last_answered_at": "2026-11-22T08:10:00Z",
    "low_respondents": 1, "latest": LATEST,
    "history": [
        {"answered_at": "2026-11-22T08:10:00Z", "score": 0.0, **OF_HISTORY},
        {"answered_at": "2026-09-02T14:00:00Z", "score": 75.0, **OF_HISTORY},
    ],
}  # fmt: skip
CHANGE: Final = {
    "id": "0f4b1c2d9a8e7f6a5b4c3d2e", "kind": "crossed_below", "customer_id": "C-1001", "contact_id": "P-77",
    "respondent_id": 501, "survey": SURVEY, "answer_set_id": 9001, "score": 0.0, "previous_score": 75.0,
    "band": "very_dissatisfied", "score_kind": "satisfaction", "low_respondents": 1,
    "answered_at": "2026-11-22T08:10:00Z", "detected_at": "2026-11-22T08:10:41Z",
    "question": "Hur nöjd är du med oss?", "answer": "Mycket missnöjd",
}  # fmt: skip
STANDING: Final = {
    "customer_id": "C-1001", "band": "very_dissatisfied", "score": 0.0, "last_answered_at": "2026-11-22T08:10:00Z",
    "low_respondents": 1,
}  # fmt: skip
SCALE: Final = {
    "kind": "satisfaction", "language": "sv", "direction": "ascending", "points": 2, "method": "wording",
    "reason": None, "headline": False, "excluded": False,
    "steps": [
        {"text": "Missnöjd", "weight": None, "score": 0.0, "band": "very_dissatisfied", "reason": None},
        {"text": "Nöjd", "weight": None, "score": 100.0, "band": "very_satisfied", "reason": None},
        {"text": "Vet ej", "weight": None, "score": None, "band": None, "reason": "no_opinion"},
    ],
}  # fmt: skip
ITEM: Final = SCALE | {
    "question_item_id": 31, "question": "Hur nöjd är du med oss?", "type": "RADIOBUTTON", "statements": [],
}  # fmt: skip
RULESET: Final = "91313accec33"
CURSOR: Final = "MTc2NDAwMDAwMDAwMC0w"
PAGE: Final = {"results": [RESULT], "freshness": FRESHNESS, "cursor": None, "has_more": False}
NEWEST: Final = {"latest": RESULT, "freshness": FRESHNESS}

REPLIES: Final[dict[str, dict[str, Any]]] = {
    "/v1/customers/{id}/satisfaction": SUMMARY,
    "/v1/customers/satisfaction": {"customers": [SUMMARY], "freshness": FRESHNESS},
    "/v1/customers/{id}/results": PAGE,
    "/v1/customers/{id}/results/latest": NEWEST,
    "/v1/respondents/{id}/results": PAGE,
    "/v1/respondents/{id}/results/latest": NEWEST,
    "/v1/customers": {"customers": [STANDING], "cursor": None, "has_more": False},
    "/v1/changes": {"changes": [CHANGE], "cursor": CURSOR, "has_more": False},
    "/v1/surveys": {
        "surveys": [
            SURVEY | {"language": "swe", "freshness": FRESHNESS, "question_items": 5, "customer_label_found": True}
        ]
    },
    "/v1/surveys/{id}/scales": {"survey": SURVEY, "ruleset": RULESET, "items": [ITEM]},
    "/v1/unmapped": {
        "wordings": [{"survey_id": 4711, "question_item_id": 35, "wording": "Njae", "answers": 12}],
    },
    "/v1/explain": SCALE | {"rule": "words_in_order", "ruleset": RULESET},
    "/healthz": {"status": "alive", "version": "0.1.0"},
    "/readyz": {"status": "ready", "reasons": []},
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "/v1/explain": {"question": "Hur nöjd är du med oss?", "alternatives": ["Missnöjd", "Nöjd", "Vet ej"]},
}


def reply(path: str) -> dict[str, Any]:
    """What an operation's reply adds to its content: its example, where there is one."""
    return {"example": REPLIES[path]} if path in REPLIES else {}


def body(path: str) -> dict[str, Any]:
    return {"example": BODIES[path]} if path in BODIES else {}
