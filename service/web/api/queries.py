"""Reads query strings by their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from service.survey.identity import clean_id
from service.web.contract.schemas import OneId
from service.web.problems import InvalidError

if TYPE_CHECKING:
    from service.web.contract.schemas import Query


def read_query(schema: Query) -> dict[str, Any]:
    """The query string by its schema; a name given twice where one value is meant is refused."""
    lists = {name for name, field in schema.fields.items() if hasattr(field, "inner")}
    twice = [name for name in schema.fields if name not in lists and len(request.args.getlist(name)) > 1]
    if twice:
        raise InvalidError({name: ["Given more than once."] for name in twice})
    given = {n: request.args.getlist(n) if n in lists else request.args[n] for n in schema.fields if n in request.args}
    found: dict[str, Any] = schema.load(given)
    return found


def own_id(text: str) -> str:
    """The ID of the path, cleaned. Raises ValidationError naming `id`."""
    cleaned = clean_id(text)
    # The schema says what is wrong; building it for every request costs more than all else here.
    return cleaned if cleaned is not None else str(OneId().load({"id": text})["id"])
