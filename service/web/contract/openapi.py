"""The contract as OpenAPI, made from the schemas and one table of operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import metadata, version
from typing import TYPE_CHECKING, Any

import orjson
import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from service.survey.identity import MAX_ID_LENGTH
from service.web.contract import change_schemas as documents
from service.web.contract import components, examples, schemas
from service.web.contract.query_schemas import ChangesQuery, ExplainQuery, StandingQuery, UpdatesQuery

if TYPE_CHECKING:
    from marshmallow import Schema

OPENAPI_VERSION = "3.1.0"
ID_PARAMETER = {
    "in": "path",
    "name": "id",
    "required": True,
    "description": "opaque, percent-encoded; trimmed and put into NFC, case kept",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH, "pattern": r"\S"},
    "example": "C-1001",
}
RESPONDENT_PARAMETER = ID_PARAMETER | {"description": "Netigate's respondent id", "example": "501"}
SURVEY_PARAMETER = {
    "in": "path", "name": "id", "required": True, "description": "a survey's id",
    "schema": {"type": "integer", "minimum": 0}, "example": 4711,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as documented. No scope means open to all."""

    path: str
    summary: str
    reply: type[Schema]
    scope: str | None = None
    query: type[schemas.Query] | None = None
    conditional: bool = False  # answers 304
    statuses: tuple[int, ...] = ()
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
        "results", schemas.ResultsQuery, conditional=True, statuses=(400,), parameter=RESPONDENT_PARAMETER,
    ),
    Operation(
        "/v1/respondents/{id}/results/latest", "A respondent's newest result", schemas.LatestResultSchema,
        "results", conditional=True, parameter=RESPONDENT_PARAMETER,
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

OF_AGE = frozenset({"Age", "Cache-Status"})  # only where the body carries `freshness`
ABOUT = """Individual Netigate survey results, scored. Read-only.

A query parameter that does not exist is refused (422). Within v1 a reply may gain fields: ignore those that you do not
know. docs/versioning.md says what else may change."""


def build_spec() -> dict[str, Any]:
    """The document as data."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="netigate-results",
        version=version("netigate-results"),
        openapi_version=OPENAPI_VERSION,
        plugins=[plugin],
        info={
            "description": ABOUT,
            "contact": _contact(),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        servers=[{"url": "/"}],
        tags=components.tags(),
    )
    if plugin.converter is not None:
        plugin.converter.add_attribute_function(components.word_to_reference)  # type: ignore[no-untyped-call]
    components.add_components(spec)
    spec.components.schema("Gone", schema=documents.GoneSchema)
    for operation in OPERATIONS:
        spec.path(operation.path, operations={operation.method: _operation(operation)})
    document: dict[str, Any] = spec.to_dict()
    for path in document["paths"].values():
        for operation_document in path.values():
            for parameter in operation_document["parameters"]:
                _without_empty_default(parameter["schema"])
    asked = {_name(operation.body) for operation in OPERATIONS if operation.body}
    for name, schema in document["components"]["schemas"].items():
        if name in asked:
            for field_schema in schema["properties"].values():
                _without_empty_default(field_schema)
        else:
            schema.pop("additionalProperties", None)  # replies may gain fields
    return document


def _without_empty_default(schema: dict[str, Any]) -> None:
    """Remove a default that only means "left out": nobody can send it, and generators take the field as given."""
    if schema.get("default", ...) in (None, ""):
        del schema["default"]


def _contact() -> dict[str, str]:
    """The address for issues, from the package's own metadata."""
    urls = dict(line.split(", ", 1) for line in metadata("netigate-results").get_all("Project-URL") or [])
    return {"name": "netigate-results", "url": urls["Issues"]}


def _name(schema: Any) -> str:  # noqa: ANN401  (a schema class or instance)
    name = schema if isinstance(schema, str) else getattr(schema, "__name__", type(schema).__name__)
    return str(name).removesuffix("Schema")


def _operation(operation: Operation) -> dict[str, Any]:
    parameters: list[Any] = [operation.parameter] if "{id}" in operation.path else []
    if operation.query:
        parameters.append({"in": "query", "schema": operation.query})
    statuses = set(operation.statuses)
    if operation.scope:
        statuses |= {401, 403, 422, 429, 503}
    content = {"application/json": {"schema": operation.reply} | examples.reply(operation.path)}
    ok: dict[str, Any] = {"description": "OK", "content": content}
    responses: dict[str, Any] = {"200": ok}
    if operation.conditional:
        aged = "freshness" in operation.reply().fields
        told = [name for name in components.HEADERS if aged or name not in OF_AGE]
        ok["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in told}
        responses["304"] = {"description": "what the caller holds (`If-None-Match`) is still so"}
    responses |= {str(status): components.PROBLEMS[status][0] for status in sorted(statuses)}
    if operation.reply is schemas.HealthSchema and 503 in statuses:  # noqa: PLR2004
        responses["503"] = {"description": "not yet, or not now", "content": content}
    document: dict[str, Any] = {
        "tags": [components.tag_of(operation.path)],
        "summary": operation.summary,
        "operationId": _operation_id(operation),
        "parameters": parameters,
        "responses": responses,
    }
    if operation.scope:
        document["security"] = [{"key": []}]
        document["description"] = f"Scope `{operation.scope}`."
    if operation.body:
        body = {"schema": operation.body} | examples.body(operation.path)
        document["requestBody"] = {"required": True, "content": {"application/json": body}}
    return document


def _operation_id(operation: Operation) -> str:
    words = [part.strip("{}") for part in operation.path.split("/") if part not in {"", "v1"}]
    return "-".join([operation.method, *words])


@cache
def spec_text() -> str:
    """The document as checked in at `openapi.yaml`."""
    plain = orjson.loads(orjson.dumps(build_spec()))  # a copy: YAML writes an anchor for an object that occurs twice
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)
