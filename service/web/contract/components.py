"""What the contract names once and refers to: closed sets of words, problems, headers, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from service.store.feeds.feed import GoneCursorError
from service.survey.errors import BadCursorError, StoreAwayError
from service.web import problems
from service.web.contract.schemas import ProblemSchema, Word
from service.web.rate_limit import TooManyRequestsError

if TYPE_CHECKING:
    from apispec import APISpec
    from apispec.ext.marshmallow.openapi import OpenAPIConverter
    from marshmallow import fields

# By status: the component's name, what it tells, and the problem that stands as its example.
PROBLEMS: Final = {
    400: ("BadCursor", "a cursor that this service never gave", problems.PROBLEMS[BadCursorError]),
    401: ("Unauthorized", "no valid key", problems.PROBLEMS[problems.UnauthorizedError]),
    403: ("Forbidden", "the key lacks the scope", problems.PROBLEMS[problems.ForbiddenError]),
    404: ("NotServed", "not served here", problems.PROBLEMS[problems.NoSuchSurveyError]),
    410: ("CursorGone", "the cursor is from before what is kept", problems.PROBLEMS[GoneCursorError]),
    413: ("TooLarge", "more than a request may bring", problems.of_status(413)),
    415: ("NotJson", "not JSON", problems.of_status(415)),
    422: ("Invalid", "invalid input, by field", problems.PROBLEMS[problems.InvalidError]),
    429: (
        "TooManyRequests",
        "over the limit: the key, or the address that sends wrong keys",
        problems.PROBLEMS[TooManyRequestsError],
    ),
    503: ("StoreUnavailable", "the store cannot be reached", problems.PROBLEMS[StoreAwayError]),
}
ERRORS: Final = {"max_scor": ["There is no such parameter. Nearest: `max_score`."]}
HEADERS: Final = {
    "ETag": "weak, over the body without `freshness`",
    "Age": "seconds, the same as `freshness.age_seconds`",
    "Cache-Status": "RFC 9211; a negative ttl tells by how much the answer is stale",
    "X-Request-ID": "names the request in the logs",
}
# By the first word of the path, after /v1.
TAGS: Final = {
    "customers": ("customers", "A customer's results and summary, and who stands low."),
    "respondents": ("respondents", "The same by Netigate's own respondent."),
    "changes": ("changes", "What changed, for alerts."),
    "surveys": ("scoring", "What is served, and how answers become scores."),
    "unmapped": ("scoring", ""),
    "explain": ("scoring", ""),
    "healthz": ("operations", "For those who run it."),
    "readyz": ("operations", ""),
}


def tag_of(path: str) -> str:
    """The tag of a path. Raises KeyError for a first word that has none."""
    return TAGS[path.removeprefix("/v1").split("/")[1]][0]


def tags() -> list[dict[str, str]]:
    return [{"name": name, "description": text} for name, text in TAGS.values() if text]


def word_to_reference(converter: OpenAPIConverter, field: fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """How a field of a closed set is written: as a reference to the set, in place of the words."""
    if not isinstance(field, Word):
        return {}
    for inline in ("type", "enum"):
        ret.pop(inline, None)
    if field.name_of_set not in converter.spec.components.schemas:
        named = {"type": "string", "enum": list(field.words)} | ({"description": field.about} if field.about else {})
        converter.spec.components.schema(field.name_of_set, named)
    reference = {"$ref": f"#/components/schemas/{field.name_of_set}"}
    return {"anyOf": [reference, {"type": "null"}]} if field.allow_none else reference


def add_components(spec: APISpec) -> None:
    """Security, headers, and a response for each status that an operation may refuse with."""
    spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "a key of this service, or a card's token"}
    )
    for name, text in HEADERS.items():
        spec.components.header(name, {"description": text, "schema": {"type": "string"}})
    spec.components.schema("Problem", schema=ProblemSchema)
    for name, words, problem in PROBLEMS.values():
        errors = {"errors": ERRORS} if problem.status == problems.PROBLEMS[problems.InvalidError].status else {}
        example = problems.document_of(problem, "8f1d2c6e00000001") | errors
        content = {problems.CONTENT_TYPE: {"schema": "Problem", "example": example}}
        spec.components.response(name, {"description": words, "content": content})
