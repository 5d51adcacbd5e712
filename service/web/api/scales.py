"""How items are scored, in words: the scales of a survey, wordings not understood, and what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from service.survey.model import Reason
from service.survey.summary import shown
from service.web.api.queries import json_object, read_query, refuse_unknown
from service.web.contract.query_schemas import ExplainQuery
from service.web.problems import NoSuchSurveyError
from service.web.responses import json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.cache.circuit_breaker import CircuitBreaker
    from service.survey.questions.codebook import Codebook
    from service.survey.scoring.scorer import Scale, Scorer, Step
    from service.web.auth import Authorizer


def step_document(step: Step) -> dict[str, Any]:
    document: dict[str, Any] = {
        "text": step.text,
        "weight": step.weight,
        "score": shown(step.score),
        "band": step.band,
        "reason": step.reason,
    }
    return document | ({"nps": step.nps} if step.nps else {})


def scale_document(scale: Scale) -> dict[str, Any]:
    return {
        "kind": scale.kind,
        "language": scale.language,
        "direction": scale.direction,
        "points": scale.points,
        "method": scale.method,
        "reason": scale.reason,
        "headline": scale.headline,
        "excluded": scale.excluded,
        "steps": [step_document(step) for step in scale.steps],
    }


def scales_document(how: Codebook, ruleset: str) -> dict[str, Any]:
    """Every item of a survey, background items left out."""
    items = [
        {
            "question_item_id": item.id,
            "question": how.titles[item.id],
            "type": item.type,
            "statements": list(item.statements),
            **scale_document(how.scales[item.id]),
        }
        for item in how.items.values()
    ]
    return {"survey": {"id": how.survey.id, "name": how.survey.name}, "ruleset": ruleset, "items": items}


def unmapped_document(codebooks: Mapping[int, Codebook], counts: Mapping[tuple[int, int, str], int]) -> dict[str, Any]:
    """Wordings of alternatives that are not understood, most answered first; never free text.

    An entry without a wording counts answers that name no alternative of their question, or whose question is not in
    the tree.
    """
    found = [
        {
            "survey_id": survey_id,
            "question_item_id": item_id,
            "wording": step.text,
            "answers": counts.get((survey_id, item_id, step.text), 0),
        }
        for survey_id, how in codebooks.items()
        for item_id, scale in how.scales.items()
        for step in scale.steps
        if step.reason is Reason.UNMAPPED
    ]
    found += [
        {"survey_id": survey_id, "question_item_id": item_id, "wording": None, "answers": count}
        for (survey_id, item_id, wording), count in counts.items()
        if not wording
    ]
    return {"wordings": sorted(found, key=lambda entry: -int(entry["answers"]))}


def scales_blueprint(
    scorer: Scorer,
    codebooks: Callable[[], Mapping[int, Codebook]],
    counts: Callable[[], Mapping[tuple[int, int, str], int]],
    authorizer: Authorizer,
    breaker: CircuitBreaker,
) -> Blueprint:
    """/v1/surveys/{id}/scales, /v1/unmapped and /v1/explain."""
    routes = Blueprint("scales", __name__, url_prefix="/v1")

    @routes.get("/surveys/<int:survey_id>/scales")
    @authorizer.requires("results")
    def scales(survey_id: int) -> Response:
        read_query()
        how = breaker.call(codebooks).get(survey_id)
        if how is None:
            raise NoSuchSurveyError
        return json_response(scales_document(how, scorer.ruleset))

    @routes.get("/unmapped")
    @authorizer.requires("results")
    def unmapped() -> Response:
        read_query()
        return json_response(unmapped_document(breaker.call(codebooks), breaker.call(counts)))

    @routes.post("/explain")
    @authorizer.requires("results")
    def explain() -> Response:
        read_query()
        body, schema = json_object("Must be a JSON object with `alternatives`."), ExplainQuery()
        refuse_unknown(body, schema.fields)
        asked = schema.load(body)
        scale = scorer.explain(asked["alternatives"], asked["question"], asked["weights"], asked["item"])
        return json_response({**scale_document(scale), "rule": scale.rule, "ruleset": scorer.ruleset})

    return routes
