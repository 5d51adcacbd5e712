"""Netigate's documented reads. Everything else is refused, and the journal counts it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from service.simulator import constants
from service.simulator.account.settings import Narrowing
from service.simulator.http import encode
from service.simulator.oddities.answers import ANSWERS
from service.simulator.oddities.paging import sets_of_page, total_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.simulator.account.account import Account
    from service.simulator.account.settings import SurveySettings
    from service.simulator.forms.shapes import Form
    from service.simulator.records import StoredSet

_DEFAULT_PAGE_SIZE: Final = 100
FAR_FUTURE: Final = "9999-12-31T23:59:59.9999999Z"
LONGEST_WAIT: Final = 120.0  # seconds
_LARGEST_PAGE: Final = 1000  # Netigate's is unknown; a larger one is cut to this


class ApiError(Exception):
    """An error of the API: {"StatusCode", "Message"}."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def reply(content: Any, status: int = 200) -> Response:  # noqa: ANN401  (any JSON)
    """A reply in JSON."""
    return Response(orjson.dumps(content), status, content_type="application/json; charset=utf-8")


def error_reply(error: ApiError) -> Response:
    return reply(encode.error(error.status, error.message), error.status)


def create_api(account: Account, key: str) -> Blueprint:
    """Routes under /api/v1.2."""
    routes = Blueprint("api", __name__, url_prefix=constants.BASE_PATH)

    @routes.before_request
    def check_key() -> None:
        if request.headers.get("X-API-KEY", "").strip().casefold() != key.casefold():
            raise ApiError(401, "The API key is missing or not valid.")

    _add_surveys(routes, account)
    _add_answers(routes, account)
    _add_background(routes, account)
    return routes


def add_errors(app: Flask) -> None:
    """Every error is JSON, those of unknown routes and refused methods too."""
    app.register_error_handler(ApiError, error_reply)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        status = error.code or 500
        return error_reply(ApiError(status, f"{error.name}."))


def _form(account: Account, survey: int) -> Form:
    form = account.form(survey)
    if form is None:
        raise ApiError(404, f"Survey {survey} does not exist.")
    if account.settings(survey).refused:
        raise ApiError(401, "Unauthorized access request to resource.")
    return form


def _odd(account: Account, survey: int, content: Any) -> Response:  # noqa: ANN401  (any JSON)
    """A reply about one survey, changed as its settings say."""
    settings = account.settings(survey)
    if settings.ms_dates:
        content = encode.with_ms_dates(content)
    return reply({"Result": content} if settings.wrapped else content)


def _tree(account: Account, survey: int) -> Any:  # noqa: ANN401  (any JSON)
    form = _form(account, survey)
    return account.odd_tree(survey, encode.questions(form, account.settings(survey)))


def _shown(account: Account, record: StoredSet, *, whole: bool) -> Any:  # noqa: ANN401  (any JSON)
    """One set: with its answers where `whole`, else as on the routes that leave them empty."""
    settings = account.settings(record.survey)
    shown = encode.answer_set(record, account.answers(record) if whole else ())
    for name in settings.answers if whole else ():
        form = account.form(record.survey)
        shown["Answers"] = ANSWERS[name](shown["Answers"], form) if form else shown["Answers"]
    if settings.far_future and record.id in account.lowest(record.survey, 1):
        shown[settings.far_future] = FAR_FUTURE
    if settings.unreadable and record.id in account.lowest(record.survey, settings.unreadable):
        shown |= {"Answers": "nonsense", "Respondent": {"odd": True}} if whole else {}
    return shown


def _sendout(form: Form, number: int) -> int:
    if number not in encode.sendout_ids(form):
        raise ApiError(404, f"Sendout {number} does not exist.")
    return number


def _add_surveys(routes: Blueprint, account: Account) -> None:
    @routes.get("/surveys")
    def surveys() -> Response:
        return reply([encode.survey(form, account.started) for form in account.forms()])

    @routes.get("/surveys/<int:survey>")
    def survey(survey: int) -> Response:
        return _odd(account, survey, encode.survey(_form(account, survey), account.started))

    @routes.get("/surveys/<int:survey>/questions")
    def questions(survey: int) -> Response:
        return _odd(account, survey, _tree(account, survey))

    @routes.get("/surveys/<int:survey>/copy")
    def copy(survey: int) -> Response:
        raise ApiError(405, f"A copy of survey {survey} would have been made.")


def _add_answers(routes: Blueprint, account: Account) -> None:
    @routes.get("/surveys/<int:survey>/answers")
    def listed(survey: int) -> Response:
        _form(account, survey)
        settings = account.settings(survey)
        found = account.view(survey, _narrowing(request.args, settings))
        time.sleep(min(LONGEST_WAIT, settings.list_seconds * len(found)))
        return _odd(account, survey, [_shown(account, record, whole=False) for record in found])

    @routes.get("/surveys/<int:survey>/answersWithData")
    def page(survey: int) -> Response:
        _form(account, survey)
        number = _whole(request.args, "page", 1)
        size = min(_whole(request.args, "pagesize", _DEFAULT_PAGE_SIZE), _LARGEST_PAGE)
        settings = account.settings(survey)
        found = account.view(survey, _narrowing(request.args, settings))
        shown = sets_of_page(found, number, size, settings.paging)
        page = {
            "Page": number,
            "TotalPages": total_pages(len(found), size, settings.paging),
            "AnswerSets": [_shown(account, record, whole=True) for record in shown],
        }
        return _odd(account, survey, page)

    @routes.get("/surveys/<int:survey>/answers/<int:number>")
    def one(survey: int, number: int) -> Response:
        _form(account, survey)
        record = account.find(survey, number)
        if record is None:
            raise ApiError(404, f"Answer set {number} does not exist.")
        return _odd(account, survey, _shown(account, record, whole=True))

    @routes.get("/surveys/<int:survey>/answers/respondent/<int(signed=True):respondent>")
    def of_respondent(survey: int, respondent: int) -> Response:
        _form(account, survey)
        sets = account.of_respondent(survey, respondent)
        return _odd(account, survey, [_shown(account, record, whole=False) for record in sets])


def _add_background(routes: Blueprint, account: Account) -> None:
    @routes.get("/surveys/<int:survey>/sendouts")
    def sendouts(survey: int) -> Response:
        form = _form(account, survey)
        return reply([encode.sendout(form, number, account.started) for number in encode.sendout_ids(form)])

    @routes.get("/surveys/<int:survey>/sendouts/<int:number>")
    def sendout(survey: int, number: int) -> Response:
        form = _form(account, survey)
        return reply(encode.sendout(form, _sendout(form, number), account.started))

    @routes.get("/surveys/<int:survey>/sendouts/<int:number>/respondents")
    def respondents(survey: int, number: int) -> Response:
        form = _form(account, survey)
        people = encode.in_sendout(form, _sendout(form, number), account.respondents(survey))
        return reply([encode.respondent(who) for who in people])

    @routes.get("/surveys/<int:survey>/sendouts/<int:number>/labels")
    def sendout_labels(survey: int, number: int) -> Response:
        form = _form(account, survey)
        _sendout(form, number)
        return reply(encode.labels([form]))

    @routes.get("/bgdata/bgdocuments")
    def documents() -> Response:
        return reply([encode.document(account.forms(), account.started)])

    @routes.get("/bgdata/bgdocuments/<int:number>/labels")
    def document_labels(number: int) -> Response:
        if number != constants.LABEL_DOCUMENT_ID:
            raise ApiError(404, f"Document {number} does not exist.")
        return reply(encode.labels(account.forms()))


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ApiError(400, f"{name} must be a whole number from 1.")
    return int(text)


def _narrowing(query: Mapping[str, str], settings: SurveySettings) -> Narrowing:
    since, until, updated = (_seconds(query, name) for name in ("from", "to", "updated"))
    if updated is not None and (since is not None or until is not None):
        raise ApiError(400, "updated cannot be used together with from and to.")
    completed = query.get("completed", "false").casefold()
    if completed not in {"true", "false"}:
        raise ApiError(400, "completed must be true or false.")
    return Narrowing(since, until, updated, completed == "true", settings.filter)


def _seconds(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, f"{name} must be a date such as 2016-09-27T15:38:26Z.") from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())
