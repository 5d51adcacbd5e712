"""The `explain` command's loop: one JSON object a line in, one a line out, in the same order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from service.survey.scoring.scorer import Scale, Scorer

_DECIMALS: Final = 4


class ExplainError(ValueError):
    """The line is not an object that can be explained; the message says what is wrong."""


def run(lines: Iterable[str], out: TextIO, scorer: Scorer) -> int:
    """Explain every line. Returns the exit status: 1 where any line could not be read."""
    status = 0
    for line in lines:
        try:
            told = as_json(explain(_parsed(line), scorer))
        except ExplainError as error:
            told = {"error": str(error)}
            status = 1
        out.write(json.dumps(told) + "\n")
        out.flush()
    return status


def explain(asked: object, scorer: Scorer) -> Scale:
    """The scale of `{"alternatives": […], "question": …, "item": …, "weights": […]}`; other keys are ignored.

    Raises ExplainError.
    """
    if not isinstance(asked, dict):
        raise ExplainError("not a JSON object")
    alternatives = asked.get("alternatives")
    if not isinstance(alternatives, list) or not all(isinstance(text, str) for text in alternatives):
        raise ExplainError("alternatives must be a list of strings")
    question, item = (_text(asked, name) for name in ("question", "item"))
    weights = asked.get("weights")
    if weights is not None:
        _check_weights(weights, len(alternatives))
    return scorer.explain(alternatives, question, weights, item)


def as_json(scale: Scale) -> dict[str, Any]:
    """What `explain` writes: scores to four decimals, a reason where there is none, and the rule that decided."""
    return {
        "kind": scale.kind,
        "language": scale.language,
        "direction": scale.direction,
        "rule": scale.rule,
        "scores": [None if step.score is None else round(step.score, _DECIMALS) for step in scale.steps],
        "reasons": [step.reason for step in scale.steps],
    }


def _text(asked: dict[str, Any], name: str) -> str:
    text = asked.get(name) or ""
    if not isinstance(text, str):
        raise ExplainError(f"{name} must be a string")
    return text


def _check_weights(weights: object, count: int) -> None:
    if not isinstance(weights, list) or not all(w is None or type(w) is int for w in weights):
        raise ExplainError("weights must be a list of whole numbers and nulls")
    if len(weights) != count:
        raise ExplainError("weights must be as many as alternatives")


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExplainError("not JSON") from error
