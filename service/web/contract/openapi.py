"""The contract as OpenAPI, made from the schemas and one table of operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from service.survey.identity import MAX_ID_LENGTH
from service.web.contract import change_schemas as documents
from service.web.contract import schemas
from service.web.contract.query_schemas import ChangesQuery, ExplainQuery, StandingQuery, UpdatesQuery
from service.web.problems import CONTENT_TYPE

if TYPE_CHECKING:
    from marshmallow import Schema

OPENAPI_VERSION = "3.1.0"
ID_PARAMETER = {
    "in": "path",
    "name": "id",
    "required": True,
    "description": "opaque, percent-encoded; trimmed and put into NFC, case kept",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH, "pattern": r"\S"},
}
SURVEY_PARAMETER = {
    "in": "path", "name": "id", "required": True, "description": "a survey's id",
    "schema": {"type": "integer", "minimum": 0},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as documented. No scope means open to all."""

    path: str
    summary: str
    reply: type[Schema]
    scope: str | None = None
    query: type[schemas.Query] | None = None
    conditional: bool = False  # answers 304, carries freshness
    statuses: tuple[int, ...] = ()
    content: str = "application/json"
    method: str = "get"
    body: type[Schema] | None = None
    parameter: dict[str, Any] = field(default_factory=lambda: ID_PARAMETER)


_ID = "/v1/customers/{id}"
OPERATIONS = (
    Operation(f"{_ID}/satisfaction", "A customer's summary", schemas.SummarySchema, "results", conditional=True),
    Operation(
        "/v1/customers/satisfaction", "Several customers' summaries, in the order asked", schemas.SummariesSchema,
        "results", schemas.BatchQuery, conditional=True, statuses=(422,),
    ),
    Operation(
        f"{_ID}/results", "Results of all of a customer's respondents, newest first", schemas.ResultsSchema,
        "results", schemas.ResultsQuery, conditional=True, statuses=(400, 422),
    ),
    Operation(
        f"{_ID}/results/latest", "A customer's newest result", schemas.LatestResultSchema, "results", conditional=True
    ),
    Operation(
        "/v1/respondents/{id}/results", "A respondent's results, newest first", schemas.ResultsSchema,
        "results", schemas.ResultsQuery, conditional=True, statuses=(400, 422),
    ),
    Operation(
        "/v1/respondents/{id}/results/latest", "A respondent's newest result", schemas.LatestResultSchema,
        "results", conditional=True,
    ),
    Operation(
        "/v1/customers", "Who stands low now, or fell silent: worst band first, then score, then longest ago",
        documents.StandingsSchema, "changes", StandingQuery, conditional=True, statuses=(400, 422),
    ),
    Operation(
        "/v1/changes", "What changed, each change once, oldest first", documents.ChangesSchema, "changes",
        ChangesQuery, conditional=True, statuses=(400, 410, 422),
    ),
    Operation(
        "/v1/customers/updates", "Every customer once at its newest state, least recently changed first",
        documents.UpdatesSchema, "results", UpdatesQuery, conditional=True, statuses=(400, 410, 422),
    ),
    Operation("/v1/surveys", "The surveys that are served", schemas.SurveysSchema, "results"),
    Operation(
        "/v1/surveys/{id}/scales", "How each item of a survey is scored", documents.ScalesSchema, "results",
        statuses=(404,), parameter=SURVEY_PARAMETER,
    ),
    Operation("/v1/unmapped", "Wordings of alternatives that are not understood", documents.UnmappedSchema, "results"),
    Operation(
        "/v1/explain", "How given wording would be scored; changes nothing", documents.ExplainedSchema, "results",
        statuses=(413, 415, 422), method="post", body=ExplainQuery,
    ),
    Operation("/healthz", "Whether the process lives", schemas.HealthSchema),
    Operation("/readyz", "Whether it can answer, and what is wrong, in words", schemas.HealthSchema, statuses=(503,)),
)  # fmt: skip

PROBLEM_WORDS = {
    400: "a cursor that this service never gave",
    401: "no valid key",
    403: "the key lacks the scope",
    404: "not served here",
    410: "the cursor is from before what is kept",
    413: "more than a request may bring",
    415: "not JSON",
    422: "invalid input, by field",
    429: "over the limit: the key, or the address that sends wrong keys",
    503: "the store cannot be reached",
}
HEADERS = {
    "ETag": "weak, over the body without `freshness`",
    "Age": "seconds, the same as `freshness.age_seconds`",
    "Cache-Status": "RFC 9211; a negative ttl tells by how much the answer is stale",
    "X-Request-ID": "names the request in the logs",
}
OF_AGE = frozenset({"Age", "Cache-Status"})  # only where the body carries `freshness`


def build_spec() -> dict[str, Any]:
    """The document as data."""
    spec = APISpec(
        title="netigate-results",
        version=version("netigate-results"),
        openapi_version=OPENAPI_VERSION,
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        info={
            "description": "Individual Netigate survey results, scored. Read-only.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        servers=[{"url": "/"}],
    )
    spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "a key of this service, or a card's token"}
    )
    spec.components.schema("Problem", schema=schemas.ProblemSchema)
    spec.components.schema("Gone", schema=documents.GoneSchema)
    for status, words in PROBLEM_WORDS.items():
        spec.components.response(
            f"Problem{status}", {"description": words, "content": {CONTENT_TYPE: {"schema": "Problem"}}}
        )
    for operation in OPERATIONS:
        spec.path(operation.path, operations={operation.method: _operation(operation)})
    document: dict[str, Any] = spec.to_dict()
    for path in document["paths"].values():
        for operation_document in path.values():
            for parameter in operation_document["parameters"]:
                if parameter["schema"].get("default", ...) is None:
                    del parameter["schema"]["default"]  # left out is no value that one could send
    return document


def _name(schema: Any) -> str:  # noqa: ANN401  (a schema class or instance)
    name = schema if isinstance(schema, str) else getattr(schema, "__name__", type(schema).__name__)
    return str(name).removesuffix("Schema")


def _operation(operation: Operation) -> dict[str, Any]:
    parameters: list[Any] = [operation.parameter] if "{id}" in operation.path else []
    if operation.query:
        parameters.append({"in": "query", "schema": operation.query})
    statuses = set(operation.statuses)
    if operation.scope:
        statuses |= {401, 403, 429, 503}
    if "{id}" in operation.path:
        statuses |= {422}
    ok: dict[str, Any] = {"description": "OK", "content": {operation.content: {"schema": operation.reply}}}
    responses: dict[str, Any] = {"200": ok}
    if operation.conditional:
        aged = "freshness" in operation.reply().fields
        told = {name: text for name, text in HEADERS.items() if aged or name not in OF_AGE}
        ok["headers"] = {name: {"description": text, "schema": {"type": "string"}} for name, text in told.items()}
        responses["304"] = {"description": "what the caller holds (`If-None-Match`) is still so"}
    responses |= {str(status): f"Problem{status}" for status in sorted(statuses)}
    if operation.reply is schemas.HealthSchema and 503 in statuses:  # noqa: PLR2004
        responses["503"] = {"description": "not yet, or not now", "content": ok["content"]}
    document: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": _operation_id(operation),
        "parameters": parameters,
        "responses": responses,
    }
    if operation.scope:
        document["security"] = [{"key": []}]
        document["description"] = f"Scope `{operation.scope}`."
    if operation.body:
        document["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    return document


def _operation_id(operation: Operation) -> str:
    words = [part.strip("{}") for part in operation.path.split("/") if part not in {"", "v1"}]
    return "-".join([operation.method, *words])


@cache
def spec_text() -> str:
    """The document as checked in at `openapi.yaml`."""
    return yaml.safe_dump(build_spec(), sort_keys=False, allow_unicode=True, width=110)
