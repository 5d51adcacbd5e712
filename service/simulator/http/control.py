"""Routes for tests and people, beside the API: faults, what was asked, and changes to what was answered."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from flask import Blueprint, Response, request

from service.simulator.account.edits import BadEditError, read_edit
from service.simulator.account.live import Live, seconds_now
from service.simulator.account.settings import ORDERS, SurveySettings
from service.simulator.http import encode
from service.simulator.http.api import ApiError, reply
from service.simulator.http.faults import BadFaultError, Fault, FaultBook
from service.simulator.oddities.accounts import BY_NAME
from service.simulator.oddities.answers import ANSWERS
from service.simulator.oddities.paging import FILTERS, PAGINGS
from service.simulator.oddities.trees import TREES

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.simulator.account.account import Account
    from service.simulator.account.odd_account import OddAccount
    from service.simulator.http.journal import Journal
    from service.simulator.records import StoredSet

PREFIX: Final = "/_control"
_MOST_AT_ONCE: Final = 100_000


def create_control(odd: OddAccount, live: Live, faults: FaultBook, journal: Journal) -> Blueprint:
    """Routes under /_control, for callers on this machine alone."""
    routes = Blueprint("control", __name__, url_prefix=PREFIX)

    @routes.before_request
    def check_caller() -> None:
        if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:
            raise ApiError(403, "Only from this machine.")

    account = odd.account
    _add_faults(routes, faults)
    _add_journal(routes, journal)
    _add_answers(routes, account, live)
    _add_customers(routes, account)
    _add_surveys(routes, account)
    _add_account(routes, odd)
    return routes


def _body() -> dict[str, Any]:
    wanted = request.get_json(force=True, silent=True)
    if not isinstance(wanted, dict):
        raise ApiError(400, "The body must be a JSON object.")
    return wanted


def _add_faults(routes: Blueprint, faults: FaultBook) -> None:
    @routes.get("/faults")
    def active() -> Response:
        return reply({"faults": [fault.shown() for fault in faults.active()]})

    @routes.post("/faults")
    def switch_on() -> Response:
        try:
            fault = Fault.parse(_body())
        except BadFaultError as error:
            raise ApiError(400, str(error)) from None
        return reply(faults.add(fault).shown(), 201)

    @routes.delete("/faults")
    def lift_all() -> Response:
        return reply({"lifted": faults.lift()})

    @routes.delete("/faults/<int:number>")
    def lift_one(number: int) -> Response:
        return reply({"lifted": faults.lift(number)})


def _add_journal(routes: Blueprint, journal: Journal) -> None:
    @routes.get("/requests")
    def requests() -> Response:
        return reply(journal.shown(request.args.get("last", 1000, int)))

    @routes.delete("/requests")
    def clear() -> Response:
        journal.clear()
        return reply({"total": 0})


def _shown(account: Account, record: StoredSet) -> dict[str, Any]:
    return _brief(record) | {
        "contact": record.contact,
        "created": encode.moment(record.created),
        "answers": [one._asdict() for one in account.answers(record)],
    }


def _add_answers(routes: Blueprint, account: Account, live: Live) -> None:
    @routes.get("/answers")
    def listed() -> Response:
        customer = request.args.get("customer")
        found = [one for one in account.everything() if customer is None or one.customer == customer]
        return reply({"sets": [_shown(account, record) for record in found]})

    @routes.post("/answers")
    def change() -> Response:
        wanted = _body()
        many = wanted.get("sets", [wanted])
        if not isinstance(many, list) or not all(isinstance(one, dict) for one in many):
            raise ApiError(400, "sets must be an array of objects.")
        now = seconds_now()
        try:
            read = [read_edit(account, one, now) for one in many]
        except BadEditError as error:
            raise ApiError(400, str(error)) from None
        except KeyError as error:
            raise ApiError(404, f"no such set: {error}") from None
        return reply({"sets": [_brief(record) for record in account.put(read)]}, 201)

    @routes.delete("/answers/<int:number>")
    def erase(number: int) -> Response:
        if not account.erase(number):
            raise ApiError(404, f"no such set: {number}")
        return reply({"erased": 1})

    @routes.post("/live")
    def step() -> Response:
        steps = [live.step() for _ in range(min(_MOST_AT_ONCE, request.args.get("steps", 1, int)))]
        return reply({"sets": [_brief(record) for record in steps if record]}, 201)


def _brief(record: StoredSet) -> dict[str, Any]:
    return {
        "set": record.id,
        "survey": record.survey,
        "respondent": record.respondent,
        "customer": record.customer,
        "completed": encode.moment(record.completed),
        "updated": encode.moment(record.updated),
    }


def _add_customers(routes: Blueprint, account: Account) -> None:
    @routes.post("/customers")
    def enlist() -> Response:
        wanted = _body()
        survey, customer, contact = wanted.get("survey"), wanted.get("customer"), wanted.get("contact")
        if not isinstance(survey, int) or account.form(survey) is None or not isinstance(customer, str):
            raise ApiError(400, "a survey and a customer are needed.")
        return reply({"respondent": account.enlist(survey, customer, contact).id}, 201)

    @routes.delete("/customers/<path:customer>")
    def forget(customer: str) -> Response:
        return reply({"erased": account.forget_customer(customer)})


# Each setting, with what it may be.
_SETTINGS: Final[dict[str, Any]] = {
    name: {list[str]: list, float: float | int}.get(hint, hint) for name, hint in get_type_hints(SurveySettings).items()
}
# What a setting that is a word, or a list of words, may say.
_WORDS: Final[dict[str, Collection[str]]] = {
    "order": ORDERS,
    "tree": TREES,
    "answers": ANSWERS,
    "paging": PAGINGS,
    "filter": FILTERS,
    "far_future": ("", "Completed", "Updated"),
}


def _check(name: str, value: Any) -> None:  # noqa: ANN401  (any JSON)
    if not isinstance(value, _SETTINGS.get(name, ())):
        raise ApiError(400, f"{name} is unknown or of the wrong type.")
    words = value if isinstance(value, list) else [value]
    if name in _WORDS and not all(word in _WORDS[name] for word in words):
        raise ApiError(400, f"{name} must be of {', '.join(_WORDS[name])}.")


def _add_surveys(routes: Blueprint, account: Account) -> None:
    @routes.post("/surveys/<int:survey>")
    def configure(survey: int) -> Response:
        wanted = _body()
        for name, value in wanted.items():
            _check(name, value)
        try:
            account.configure(survey, **wanted)
        except KeyError:
            raise ApiError(404, f"no such survey: {survey}") from None
        return reply(asdict(account.settings(survey)))

    @routes.post("/surveys/<int:survey>/partial_delete")
    def delete_partly(survey: int) -> Response:
        if account.form(survey) is None:
            raise ApiError(404, f"no such survey: {survey}")
        count = _body().get("sets", 1)
        if not isinstance(count, int):
            raise ApiError(400, "sets must be a whole number.")
        return reply({"sets": [_brief(record) for record in account.delete_partly(survey, count)]}, 201)


def _add_account(routes: Blueprint, odd: OddAccount) -> None:
    @routes.post("/account")
    def turn() -> Response:
        name = _body().get("name")
        if name is not None:
            if name not in BY_NAME:
                raise ApiError(400, f"name must be one of {', '.join(BY_NAME)}.")
            odd.become(BY_NAME[name])
        else:
            odd.turn()
        return reply({"name": odd.named.name, "turned": odd.turned})
