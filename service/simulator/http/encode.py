"""How the API writes things as JSON: field names and encodings of the documentation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from service.simulator import constants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.simulator.account.settings import SurveySettings
    from service.simulator.forms.shapes import Form, Item, Question, Step
    from service.simulator.records import Given, Respondent, StoredSet

ACCOUNT: Final = 77
_SENDOUTS: Final = 2  # of each survey: the respondents are split over them
_DAY: Final = 86_400
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LABELS: Final = (
    (constants.CUSTOMER_LABEL_ID, constants.CUSTOMER_LABEL, "TEXT"),
    (constants.CONTACT_LABEL_ID, constants.CONTACT_LABEL, "TEXT"),
    (constants.REGION_LABEL_ID, constants.REGION_LABEL, "ORDINAL"),
)


def moment(seconds: int | None) -> str | None:
    """`2016-09-27T15:38:26Z`."""
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}Z"


def with_ms_dates(content: Any) -> Any:  # noqa: ANN401  (any JSON)
    """The same with every date as `/Date(ms)/`."""
    if isinstance(content, dict):
        return {name: with_ms_dates(value) for name, value in content.items()}
    if isinstance(content, list):
        return [with_ms_dates(value) for value in content]
    if isinstance(content, str) and _DATE.fullmatch(content):
        return f"/Date({int(datetime.fromisoformat(content).timestamp() * 1000)})/"
    return content


def error(status: int, message: str) -> dict[str, Any]:
    return {"StatusCode": status, "Message": message}


def survey(form: Form, started: int) -> dict[str, Any]:
    return {
        "SurveyId": form.id,
        "Created": moment(started - 320 * _DAY),
        "Account": ACCOUNT,
        "Name": form.name,
        "Language": form.language,
        "StartDate": moment(started - 310 * _DAY),
        "EndDate": None,
        "Category": form.category,
        "Activated": True,
    }


def questions(form: Form, settings: SurveySettings) -> list[dict[str, Any]]:
    """Give the question tree."""
    tree = [_question(order, question, form, settings) for order, question in enumerate(form.questions, 1)]
    return [question for question in tree if question["QuestionItems"]]


def _question(order: int, question: Question, form: Form, settings: SurveySettings) -> dict[str, Any]:
    items = [item for item in question.items if settings.labels_added or item.label is None]
    return {
        "QuestionId": question.id,
        "Order": order,
        "Text": question.text,
        "Description": "",
        "QuestionItems": [_item(place, item, form, settings) for place, item in enumerate(items, 1)],
    }


def _item(order: int, item: Item, form: Form, settings: SurveySettings) -> dict[str, Any]:
    renamed = settings.customer_item_text if item.label == constants.CUSTOMER_LABEL_ID else None
    return {
        "QuestionItemId": item.id,
        "Order": order,
        "Type": item.type,
        "Text": item.text if renamed is None else renamed,
        "BackgroundLabel": form.no_label if item.label is None else item.label,
        "Rows": _steps(item.rows, form),
        "Columns": _steps(item.columns, form),
    }


def _steps(steps: Sequence[Step], form: Form) -> list[dict[str, Any] | None]:
    if not steps and form.null_lists:
        return [None]
    return [{"Order": order, "Text": step.text, "Weight": step.weight} for order, step in enumerate(steps, 1)]


def answer_set(record: StoredSet, given: Sequence[Given] = ()) -> dict[str, Any]:
    """Write one set; without `given`, Answers is empty, as some routes have it."""
    created = moment(record.created)
    return {
        "AnswerSetId": record.id,
        "Created": created,
        "Survey": record.survey,
        "Respondent": record.respondent,
        "Completed": moment(record.completed),
        "Updated": moment(record.updated),
        "Answers": [
            {
                "AnswerId": record.id * 100 + place,
                "Created": created,
                "AnswerSet": record.id,
                "QuestionItem": one.item,
                "QuestionType": one.type,
                "QuestionText": one.question_text,
                "AnswerText": one.text,
                "AnswerNumeric": one.numeric,
                "AnswerWeight": one.weight,
            }
            for place, one in enumerate(given, 1)
        ],
    }


def respondent(who: Respondent) -> dict[str, Any]:
    """Write one respondent, secrets and all, as the real API does."""
    return {
        "RespondentId": who.id,
        "Email": f"{constants.EMAIL_MARKER}.{who.id}@example.com",
        "Password": f"{constants.PASSWORD_MARKER}-{who.id}",
        "SurveyURL": f"https://survey.example.com/s.aspx?s={constants.SURVEY_URL_MARKER}-{who.id}",
    }


def sendout_ids(form: Form) -> list[int]:
    return [form.id * 10 + place for place in range(1, _SENDOUTS + 1)]


def in_sendout(form: Form, sendout: int, everybody: Sequence[Respondent]) -> Sequence[Respondent]:
    """Give a sendout's share of a survey's respondents."""
    return everybody[sendout_ids(form).index(sendout) :: _SENDOUTS]


def sendout(form: Form, number: int, started: int) -> dict[str, Any]:
    place = sendout_ids(form).index(number)
    created = moment(started - (300 - 150 * place) * _DAY)
    return {
        "SendoutId": number,
        "Survey": form.id,
        "Primary": {
            "DispatchId": number * 10,
            "Created": created,
            "Sendout": number,
            "Name": f"{form.name} {place + 1}",
            "SendDate": created,
            "DoneDate": created,
            "DispatchType": "EMAIL",
            "SendoutType": "PRIMARY",
            "SendoutLogic": "NOT_ANSWERED",
            "Activated": True,
        },
        "Reminders": [],
    }


def labels(forms: Sequence[Form]) -> list[dict[str, Any]]:
    """Give the background labels; the region's options are those of the forms."""
    regions = [region for form in forms for region in form.regions]
    return [
        {
            "BGDataLabelId": number,
            "Document": constants.LABEL_DOCUMENT_ID,
            "Name": name,
            "Type": kind,
            "Options": [
                {"BGDataOptionId": number * 100 + order, "Label": number, "Option": region, "Order": order}
                for order, region in enumerate(regions, 1)
            ]
            if kind == "ORDINAL"
            else [],
        }
        for number, name, kind in _LABELS
    ]


def document(forms: Sequence[Form], started: int) -> dict[str, Any]:
    return {
        "BGDocumentId": constants.LABEL_DOCUMENT_ID,
        "Created": moment(started - 330 * _DAY),
        "Name": "CRM",
        "Description": "",
        "Labels": labels(forms),
    }
