"""Shapes of the documents about changes and scales, for the contract."""

from __future__ import annotations

from marshmallow import Schema, fields

from service.survey.changes import ChangeKind
from service.survey.model import Band, Direction, Kind, Method, Reason
from service.survey.scoring.rules import Rule
from service.web.contract.schemas import (
    SurveyRef,
    Word,
    contact_name_field,
    enum_field,
    has_more_field,
    score_field,
    time_field,
)


class ChangeSchema(Schema):
    id = fields.String(required=True, metadata={"description": "the same for the same answer set and revision"})
    kind = enum_field(ChangeKind, required=True)
    customer_id = fields.String(required=True)
    contact_id = fields.String(required=True, allow_none=True)
    contact_name = contact_name_field()
    respondent_id = fields.Integer(required=True)
    survey = fields.Nested(SurveyRef, required=True)
    answer_set_id = fields.Integer(required=True)
    score = score_field()
    previous_score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    score_kind = enum_field(Kind, required=True, allow_none=True)
    low_respondents = fields.Integer(required=True)
    answered_at = time_field()
    detected_at = time_field()
    question = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True, metadata={"description": "in the customer's words"})
    comments = fields.List(fields.String(), metadata={"description": "free text; only with the scope `comments`"})


class ChangesSchema(Schema):
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    cursor = fields.String(required=True)
    has_more = has_more_field()


class StandingSchema(Schema):
    customer_id = fields.String(required=True)
    band = enum_field(Band, required=True, allow_none=True)
    score = score_field()
    last_answered_at = time_field()
    low_respondents = fields.Integer(required=True)


class StandingsSchema(Schema):
    customers = fields.List(fields.Nested(StandingSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)
    has_more = has_more_field()


class StepSchema(Schema):
    text = fields.String(required=True)
    weight = fields.Integer(required=True, allow_none=True)
    score = score_field()
    band = enum_field(Band, required=True, allow_none=True)
    reason = enum_field(Reason, required=True, allow_none=True)
    nps = Word("NpsClass", ["promoter", "passive", "detractor"])


class ScaleSchema(Schema):
    kind = enum_field(Kind, required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    direction = enum_field(Direction, required=True, allow_none=True)
    points = fields.Integer(required=True, allow_none=True)
    method = enum_field(Method, required=True, allow_none=True)
    reason = enum_field(Reason, required=True, allow_none=True)
    headline = fields.Boolean(required=True)
    excluded = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class ExplainedSchema(ScaleSchema):
    rule = enum_field(Rule, required=True)
    ruleset = fields.String(required=True)


class ItemScaleSchema(ScaleSchema):
    question_item_id = fields.Integer(required=True)
    question = fields.String(required=True)
    type = fields.String(required=True)
    statements = fields.List(fields.String(), required=True)


class ScalesSchema(Schema):
    survey = fields.Nested(SurveyRef, required=True)
    ruleset = fields.String(required=True)
    items = fields.List(fields.Nested(ItemScaleSchema), required=True)


class UnmappedWordingSchema(Schema):
    survey_id = fields.Integer(required=True)
    question_item_id = fields.Integer(required=True)
    wording = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null: answers that name none of the alternatives; their text is not told"},
    )
    answers = fields.Integer(required=True)


class UnmappedSchema(Schema):
    wordings = fields.List(fields.Nested(UnmappedWordingSchema), required=True)
