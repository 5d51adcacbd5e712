"""Schemas of what clients send to `changes`, `updates`, `customers` and `explain`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from service.survey.changes import ChangeKind
from service.survey.model import Band
from service.survey.scoring.language.folding import MAX_RAW
from service.web.contract.schemas import MAX_INT, Query, Whole, enum_field

MAX_CHANGES = 500
DEFAULT_CHANGES = 100
MAX_STANDING = 500
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")


class Since(fields.Field[int | str]):
    """`now`, or a moment in ISO 8601, read as Unix milliseconds from 0 on; without an offset it is UTC."""

    default_error_messages = {"invalid": "Must be `now` or a time in ISO 8601."}  # noqa: RUF012  (marshmallow's)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | str:  # noqa: ANN401, ARG002  (marshmallow's)
        if value == "now":
            return "now"
        try:
            moment = datetime.fromisoformat(str(value))
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        return max(0, int(moment.timestamp() * 1000))


def _one_of(kind: Any) -> fields.List[Any]:  # noqa: ANN401  (an enum class)
    return fields.List(enum_field(kind), load_default=list, metadata={"description": "may be given more than once"})


class PlainFloat(fields.Float):
    """A number in the digits of JSON: Python would also read other scripts' digits, `1_0`, and spaces around."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:  # noqa: ANN401  (marshmallow's)
        if not _NUMBER.fullmatch(str(value)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


def _max_score() -> PlainFloat:
    return PlainFloat(load_default=None, validate=validate.Range(0, 100), allow_nan=False)


_GO_ON = {"description": "where to go on"}


def _cursor() -> fields.String:
    return fields.String(load_default=None, validate=validate.Length(1, 2000), metadata=_GO_ON)


def _since() -> Since:
    return Since(
        load_default=None,
        metadata={
            "description": "where to begin while there is no cursor: `now`, or a time",
            "anyOf": [{"const": "now"}, {"type": "string", "format": "date-time"}],
        },
    )


class ChangesQuery(Query):
    cursor = _cursor()
    since = _since()
    kind = _one_of(ChangeKind)
    band = _one_of(Band)
    max_score = _max_score()
    survey_id = Whole(load_default=None, validate=validate.Range(1, MAX_INT))
    limit = Whole(load_default=DEFAULT_CHANGES, validate=validate.Range(1, MAX_CHANGES))


class UpdatesQuery(Query):
    cursor = _cursor()
    since = _since()
    limit = Whole(load_default=DEFAULT_CHANGES, validate=validate.Range(1, MAX_CHANGES))


class StandingQuery(Query):
    band = _one_of(Band)
    max_score = _max_score()
    silent_days = Whole(
        load_default=None,
        validate=validate.Range(0, 36500),
        metadata={"description": "last answered so long ago; of every band where none is named"},
    )
    cursor = _cursor()
    limit = Whole(load_default=DEFAULT_CHANGES, validate=validate.Range(1, MAX_STANDING))


MAX_ALTERNATIVES = 200
MAX_TEXT = 100_000  # characters
MAX_READ = 32_768  # characters that are looked at, over all texts: bounds the CPU time of one request


class StrictWhole(fields.Integer):
    """A JSON number without a fraction. 3.0 is accepted (JSON knows no integers); "3" and true are not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ANN401  (marshmallow's)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
            raise self.make_error("invalid")
        return super()._deserialize(int(value), attr, data, **kwargs)


class ExplainQuery(Schema):
    """The body of `explain`: alternatives as the survey shows them."""

    alternatives = fields.List(
        fields.String(validate=validate.Length(max=MAX_TEXT)),
        required=True,
        validate=validate.Length(1, MAX_ALTERNATIVES),
    )
    question = fields.String(load_default="", validate=validate.Length(max=MAX_TEXT))
    item = fields.String(
        load_default="",
        validate=validate.Length(max=MAX_TEXT),
        metadata={"description": "the text of the item under the question, such as the statement of a matrix row"},
    )
    weights = fields.List(
        StrictWhole(allow_none=True, validate=validate.Range(-(10**9), 10**9)),
        load_default=None,
        allow_none=True,
        metadata={"description": "as many as alternatives; null for one without"},
    )

    @pre_load
    def bounded(self, data: Any, **_: Any) -> Any:  # noqa: ANN401  (whatever was sent)
        """Check sizes before any work whose cost grows with them."""
        alternatives, weights = data.get("alternatives"), data.get("weights")
        for name, given in (("alternatives", alternatives), ("weights", weights)):
            if isinstance(given, list) and len(given) > MAX_ALTERNATIVES:
                raise ValidationError(f"Must be {MAX_ALTERNATIVES} at most.", name)
        texts = [*(alternatives if isinstance(alternatives, list) else ()), data.get("question")]
        if sum(min(len(text), MAX_RAW) for text in texts if isinstance(text, str)) > MAX_READ:
            raise ValidationError(f"Must have {MAX_READ} characters at most, the question included.", "alternatives")
        return data

    @post_load
    def as_many(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401  (marshmallow's)
        if data["weights"] is not None and len(data["weights"]) != len(data["alternatives"]):
            raise ValidationError("Must be as many as alternatives.", "weights")
        return data
