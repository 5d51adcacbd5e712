"""The tools: one table of names over the published contract, from which their schemas and requests are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import orjson

from service.survey.identity import clean_id
from service.web.contract.openapi import build_spec
from service.web.contract.schemas import WRONG_LENGTH
from service.web.problems import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH_ID: Final = "{id}"
CUSTOMER: Final = "customer_id"  # what the path's `id` is called as an argument
ANNOTATIONS: Final = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
_COMPONENT: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of one of the routes."""

    method: str
    path: str  # percent-decoded
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Tool:
    """A name for one operation of the contract, and what an assistant is told of it."""

    name: str
    path: str
    title: str
    text: str
    method: str = "get"


TOOLS: Final = {
    tool.name: tool
    for tool in (
        Tool(
            "customer_satisfaction", "/v1/customers/{id}/satisfaction", "How satisfied a customer is",
            "One customer's newest score (0-100, 100 best) with band, trend, history and the answers behind it, each "
            "with the method or the reason of its score. `latest: null` means that nobody there has answered.",
        ),
        Tool(
            "customer_results", "/v1/customers/{id}/results", "A customer's survey results",
            "Every result of a customer's respondents, newest first. Go on with `cursor` while `has_more`.",
        ),
        Tool(
            "who_stands_low", "/v1/customers", "Who is dissatisfied, or fell silent",
            "Customers that stand low now, worst first; with `silent_days`, those who last answered so long ago.",
        ),
        Tool(
            "changes", "/v1/changes", "What changed",
            "Changes of customers' scores, oldest first: first_low, crossed_below, dropped, recovered. `since` takes a "
            "time; go on with `cursor` while `has_more`.",
        ),
        Tool(
            "explain_score", "/v1/explain", "How wording is scored",
            "How a question with these alternatives would be scored, step by step, or why it would not. It changes "
            "nothing.",
            method="post",
        ),
    )
}  # fmt: skip


@cache
def document_of(tool: Tool) -> dict[str, Any]:
    """A tool as `tools/list` tells it."""
    operation = _spec()["paths"][tool.path][tool.method]
    scope = f"Needs a key with the scope `{_scope(operation)}`."
    return {
        "name": tool.name,
        "title": tool.title,
        "description": f"{tool.text} {scope}",
        "inputSchema": _input(operation),
        "outputSchema": _output(operation),
        "annotations": {"title": tool.title, **ANNOTATIONS},
    }


def request_of(tool: Tool, arguments: Mapping[str, Any]) -> Asked:
    """A tool call as a request of its route. Unknown names are passed on: the route refuses them and says why.

    Raises InvalidError naming an argument that cannot be written into a request.
    """
    if tool.method == "post":
        return Asked("POST", tool.path, "", orjson.dumps(arguments))
    given = dict(arguments)
    path = tool.path
    if PATH_ID in path:
        path = path.replace(PATH_ID, _customer(given.pop(CUSTOMER, None)))
    lists = {name: value if isinstance(value, list) else [value] for name, value in given.items()}
    pairs = [(name, _text(name, one)) for name, values in lists.items() for one in values if one is not None]
    return Asked("GET", path, urlencode(pairs, quote_via=quote), b"")


def _customer(value: object) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    cleaned = clean_id(text)
    if cleaned is None:
        raise InvalidError({CUSTOMER: [WRONG_LENGTH]})
    return cleaned


def _text(name: str, value: object) -> str:
    """An argument as a query writes it."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidError({name: ["Must be a text, a number, or a list of these."]})
    # JSON has one kind of number, so 3.0 counts as whole.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@cache
def _spec() -> dict[str, Any]:
    return build_spec()


def _scope(operation: dict[str, Any]) -> str:
    return str(operation["description"]).split("`")[1]


def _input(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of a call's arguments, without references: some assistants do not resolve them in an input schema."""
    if "requestBody" in operation:
        body = _inlined(operation["requestBody"]["content"]["application/json"]["schema"])
        return {**body, "properties": {name: _simple(field) for name, field in body["properties"].items()}}
    properties, required = {}, []
    for parameter in operation["parameters"]:
        name = CUSTOMER if parameter["in"] == "path" else parameter["name"]
        properties[name] = _simple(_inlined(parameter["schema"]))
        if "description" in parameter:
            properties[name].setdefault("description", parameter["description"])
        if parameter["required"]:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _simple(schema: dict[str, Any]) -> dict[str, Any]:
    """One type in place of several. Instead of null an argument is left out; a time is always text."""
    if isinstance(schema.get("type"), list):
        schema["type"] = next(name for name in schema["type"] if name != "null")
    if "anyOf" in schema:
        del schema["anyOf"]
        schema["type"] = "string"
    return schema


def _inlined(schema: Any) -> Any:  # noqa: ANN401  (a JSON schema, or part of one)
    if isinstance(schema, list):
        return [_inlined(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_COMPONENT)
        return _inlined(_spec()["components"]["schemas"][name])
    return {name: _inlined(part) for name, part in schema.items()}


def _output(operation: dict[str, Any]) -> dict[str, Any]:
    """The reply's schema, with the schemas that it refers to in `$defs`."""
    text = orjson.dumps(operation["responses"]["200"]["content"]["application/json"]["schema"]).decode()
    components, found, wanted = _spec()["components"]["schemas"], {}, _names(text)
    while wanted:
        name = wanted.pop()
        found[name] = components[name]
        wanted |= _names(orjson.dumps(components[name]).decode()) - set(found)
    root = found.pop(text.split(_COMPONENT)[1].split('"')[0])
    document = {**root, "$defs": dict(sorted(found.items()))}
    rewritten: dict[str, Any] = orjson.loads(orjson.dumps(document).replace(_COMPONENT.encode(), b"#/$defs/"))
    return rewritten


def _names(text: str) -> set[str]:
    return {part.split('"', 1)[0] for part in text.split(_COMPONENT)[1:]}
