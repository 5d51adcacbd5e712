"""Pipedrive: the data of a JSON panel, by the panel's JWT (HS256) in the query.

Source: Pipedrive's "Adding a JSON panel" and its developers' answers on the token. The token says which user of
which company asks; the record stands beside it, unsigned. A panel shows an error for any status but 200, so a
store that is away is told in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from service.crm.card import json_answer
from service.crm.panel import panel
from service.crm.states import read_summary
from service.crm.verify import HostRejectedError, HostRequestError, customer, jwt_claims, only, same
from service.crm.words import DEFAULT_LANGUAGE, load_words

if TYPE_CHECKING:
    from service.crm.options import PipedriveOptions
    from service.ports import Clock, Summaries

HOST = "pipedrive"
PATH = "/crm/pipedrive/panel"
WINDOW_SECONDS = 300  # for a token that names no end of its own
MAX_RECORD_DIGITS = 18


def pipedrive_blueprint(options: PipedriveOptions, summaries: Summaries, clock: Clock) -> Blueprint:
    """Serve GET /crm/pipedrive/panel and …/panel/<language>: Pipedrive does not tell the reader's language."""
    words = load_words()
    blueprint = Blueprint("crm_pipedrive", __name__)

    @blueprint.get(PATH)
    @blueprint.get(f"{PATH}/<any({','.join(words)}):language>")
    def panel_data(language: str = DEFAULT_LANGUAGE) -> Response:
        claims = jwt_claims(
            HOST,
            only(request.args, "token"),
            options.jwt_secret,
            algorithm="HS256",
            now=clock.now(),
            window_seconds=WINDOW_SECONDS,
        )
        _check_account(options, claims)
        record = _record(options)
        summary = read_summary(summaries, customer(HOST, record, "selectedIds"), comments=options.comments)
        return json_answer({"data": panel(int(record), summary, words[language])})

    return blueprint


def _check_account(options: PipedriveOptions, claims: dict[str, Any]) -> None:
    """Hold the user and the company beside the token against the token's own."""
    for name in ("userId", "companyId"):
        signed = claims.get(name)
        if isinstance(signed, bool) or not isinstance(signed, str | int):
            raise HostRejectedError(HOST, "malformed")
        if not same(only(request.args, name), str(signed)):
            raise HostRejectedError(HOST, "account")
    if options.company_id is not None and not same(str(claims["companyId"]), options.company_id):
        raise HostRejectedError(HOST, "account")


def _record(options: PipedriveOptions) -> str:
    """Read the one selected record's id. A deal's id is no organization's: another kind of record is refused."""
    if only(request.args, "resource") != options.resource:
        raise HostRequestError(HOST, "resource")
    record = only(request.args, "selectedIds")
    if not (record.isascii() and record.isdigit() and len(record) <= MAX_RECORD_DIGITS):
        raise HostRequestError(HOST, "selectedIds")
    return record
