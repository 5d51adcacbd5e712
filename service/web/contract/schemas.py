"""What comes in and what goes out. Queries are read by these schemas; documents are described by them.

Documents are not dumped through marshmallow: they are rendered when a result is filed, and a test checks them
against these schemas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from service.survey.identity import MAX_ID_LENGTH, asked_id
from service.survey.model import Band, Direction, Kind, Method, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BATCH = 100
MAX_RESULTS = 100
DEFAULT_RESULTS = 20
MAX_INT = 2**63 - 1  # Netigate's ids may be as large
WRONG_LENGTH = f"Must be 1-{MAX_ID_LENGTH} characters, in UTF-8."


class Whole(fields.Integer):
    """A whole number written in plain digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ANN401  (marshmallow's)
        text = str(value)
        if not (text.isascii() and text.removeprefix("-").isdigit()):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class OpaqueId(fields.String):
    """An ID of the caller's own: 1-200 characters of any alphabet."""

    default_error_messages = {"length": WRONG_LENGTH}  # noqa: RUF012  (marshmallow's)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401  (marshmallow's)
        cleaned = asked_id(super()._deserialize(value, attr, data, **kwargs) or "")
        if cleaned is None:
            raise self.make_error("length")
        return cleaned


class Word(fields.String):
    """One of a closed set of words. The contract names the set once, as a component of its own."""

    def __init__(self, name: str, words: Sequence[str], about: str = "", **more: Any) -> None:  # noqa: ANN401
        super().__init__(validate=validate.OneOf(words), **more)
        self.name_of_set = name
        self.words = tuple(words)
        self.about = about


class Query(Schema):
    """Query strings under /v1. Names that are not among its fields are refused before it is loaded."""


class ResultsQuery(Query):
    survey_id = Whole(load_default=None, validate=validate.Range(1, MAX_INT), metadata={"description": "one survey"})
    limit = Whole(load_default=DEFAULT_RESULTS, validate=validate.Range(1, MAX_RESULTS))
    cursor = fields.String(
        load_default=None, validate=validate.Length(1, 200), metadata={"description": "from the page before"}
    )


class BatchQuery(Query):
    id = fields.List(
        OpaqueId(metadata={"minLength": 1, "maxLength": MAX_ID_LENGTH, "pattern": r"\S"}),
        required=True,
        validate=validate.Length(1, MAX_BATCH),
        metadata={"description": "customers"},
    )


def enum_field(kind: Any, **more: Any) -> Word:  # noqa: ANN401  (an enum class)
    return Word(kind.__name__, [member.value for member in kind], about=kind.__doc__.split("\n")[0], **more)


def score_field(**more: Any) -> fields.Float:  # noqa: ANN401
    return fields.Float(validate=validate.Range(0, 100), allow_none=True, required=True, **more)


def has_more_field() -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"description": "whether asking again with `cursor` finds more now"})


def time_field(**more: Any) -> fields.String:  # noqa: ANN401
    return fields.String(required=True, metadata={"format": "date-time"}, **more)


def contact_name_field() -> fields.String:
    return fields.String(metadata={"description": "only with the option `NETIGATE_CONTACT_NAME_LABEL`"})


class FreshnessSchema(Schema):
    state = Word("FreshnessState", ["fresh", "stale", "backfilling"], required=True)
    as_of = time_field(allow_none=True)
    age_seconds = fields.Integer(required=True, allow_none=True)
    refresh_after_seconds = fields.Integer(required=True)
    held = fields.List(
        fields.Integer(), metadata={"description": "surveys that Netigate refuses at present; left out where none is"}
    )


class SurveyRef(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class ScaleRef(Schema):
    points = fields.Integer(required=True, allow_none=True)
    direction = enum_field(Direction, required=True, allow_none=True)


class AnswerSchema(Schema):
    question_item_id = fields.Integer(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True, metadata={"description": "the customer's own wording"})
    kind = enum_field(Kind, required=True, allow_none=True)
    score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    scale = fields.Nested(ScaleRef, required=True, allow_none=True)
    method = enum_field(Method, required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    reason = enum_field(Reason, required=True, allow_none=True, metadata={"description": "why there is no score"})
    step = fields.Integer(metadata={"description": "which step of the scale, 1 worst; on 0-10 the number itself"})
    nps = Word("NpsClass", ["promoter", "passive", "detractor"])
    comment = fields.Boolean(metadata={"description": "free text; only with the scope `comments`"})


class ScoreBasisSchema(Schema):
    kind = enum_field(Kind, required=True)
    items = fields.Integer(required=True)


class LatestSchema(Schema):
    answer_set_id = fields.Integer(required=True)
    survey = fields.Nested(SurveyRef, required=True)
    respondent_id = fields.Integer(required=True)
    contact_id = fields.String(required=True, allow_none=True)
    contact_name = contact_name_field()
    answered_at = time_field()
    updated_at = time_field()
    score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    score_basis = fields.Nested(ScoreBasisSchema, required=True, allow_none=True)
    answers = fields.List(fields.Nested(AnswerSchema), required=True)


class ResultSchema(LatestSchema):
    customer_id = fields.String(required=True, allow_none=True)


class PersonSchema(Schema):
    respondent_id = fields.Integer(required=True)
    contact_id = fields.String(metadata={"description": "where it is known"})
    contact_name = contact_name_field()


class TrendSchema(PersonSchema):
    previous = fields.Float(required=True)
    change = fields.Float(required=True)


class LowSchema(PersonSchema):
    score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    kind = enum_field(Kind, required=True, allow_none=True)
    answered_at = time_field()
    survey_id = fields.Integer(required=True)


class HistoryEntry(Schema):
    answered_at = time_field()
    score = score_field()
    survey_id = fields.Integer(required=True)
    kind = enum_field(Kind, required=True, allow_none=True)
    respondent_id = fields.Integer(required=True)
    contact_id = fields.String(metadata={"description": "where it is known"})


class SummarySchema(Schema):
    customer_id = fields.String(required=True)
    freshness = fields.Nested(FreshnessSchema, required=True)
    score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    trend = fields.Nested(TrendSchema, required=True, allow_none=True)
    answered = fields.Integer(required=True)
    last_answered_at = time_field(allow_none=True)
    low_respondents = fields.Integer(required=True)
    low = fields.List(
        fields.Nested(LowSchema),
        metadata={"description": "who is dissatisfied now, newest first, at most 10; left out where nobody is"},
    )
    latest = fields.Nested(LatestSchema, required=True, allow_none=True)
    history = fields.List(fields.Nested(HistoryEntry), required=True)


class SummariesSchema(Schema):
    customers = fields.List(fields.Nested(SummarySchema), required=True)
    freshness = fields.Nested(FreshnessSchema, required=True)


class ResultsSchema(Schema):
    results = fields.List(fields.Nested(ResultSchema), required=True)
    freshness = fields.Nested(FreshnessSchema, required=True)
    cursor = fields.String(required=True, allow_none=True)
    has_more = has_more_field()


class LatestResultSchema(Schema):
    latest = fields.Nested(ResultSchema, required=True, allow_none=True)
    freshness = fields.Nested(FreshnessSchema, required=True)


class ServedSurvey(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    freshness = fields.Nested(FreshnessSchema, required=True)
    question_items = fields.Integer(required=True)
    customer_label_found = fields.Boolean(required=True)


class SurveysSchema(Schema):
    surveys = fields.List(fields.Nested(ServedSurvey), required=True)


class ProblemSchema(Schema):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class HealthSchema(Schema):
    status = fields.String(required=True)
    version = fields.String(metadata={"description": "of the process; `/healthz` alone tells it"})
    reasons = fields.List(fields.String())
