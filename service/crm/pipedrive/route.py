"""Pipedrive: the data of a JSON panel, by the panel's JWT (HS256) in the query.

Source: Pipedrive's "Adding a JSON panel" and its developers' answers on the token. The token says which user of
which company asks; the record is a separate, unsigned parameter. A panel shows an error for any status but 200, so a
store that is away is reported in words, with 200.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from service.crm.card import card_address, json_answer
from service.crm.pipedrive.custom_field import PipedriveAwayError
from service.crm.pipedrive.panel import panel
from service.crm.states import nothing_known, read_summary
from service.crm.verify import HostRejectedError, HostRequestError, customer, jwt_claims, only, same
from service.crm.words import DEFAULT_LANGUAGE, load_words
from service.widget.texts import load_texts

if TYPE_CHECKING:
    from datetime import datetime

    from service.crm.options import PipedriveOptions
    from service.crm.pipedrive.custom_field import CustomField
    from service.ports import Clock, Summaries

HOST = "pipedrive"
PATH = "/crm/pipedrive/panel"
WINDOW_SECONDS = 300  # the life of a token without `exp`
MAX_RECORD_DIGITS = 18


def pipedrive_blueprint(
    options: PipedriveOptions, summaries: Summaries, clock: Clock, custom_field: CustomField | None = None
) -> Blueprint:
    """Serve GET /crm/pipedrive/panel and …/panel/<language>: Pipedrive does not tell the reader's language."""
    words, texts = load_words(), load_texts()
    blueprint = Blueprint("crm_pipedrive", __name__)

    @blueprint.get(PATH)
    @blueprint.get(f"{PATH}/<any({','.join(words)}):language>")
    def panel_data(language: str = DEFAULT_LANGUAGE) -> Response:
        now = clock.now()
        claims = jwt_claims(
            HOST,
            only(request.args, "token"),
            options.jwt_secret,
            algorithm="HS256",
            now=now,
            window_seconds=WINDOW_SECONDS,
        )
        _check_account(options, claims)
        record = _record(options)
        try:
            customer_id = customer(HOST, custom_field.customer_id(record) if custom_field else record, "selectedIds")
        except PipedriveAwayError:
            return json_answer({"data": panel(int(record), nothing_known(record), texts[language], now)})
        summary = read_summary(summaries, customer_id, comments=options.comments)
        link = _link(options, customer_id, language, words[language]["details"], now)
        return json_answer({"data": panel(int(record), summary, texts[language], now)} | link)

    return blueprint


def _link(options: PipedriveOptions, customer_id: str, language: str, label: str, now: datetime) -> dict[str, Any]:
    """A link to the whole card, good for as long as its token; empty where there is no card."""
    if options.card is None:
        return {}
    return {"external_link": {"url": card_address(HOST, options.card, customer_id, language, now), "label": label}}


def _check_account(options: PipedriveOptions, claims: dict[str, Any]) -> None:
    """Check the `userId` and `companyId` parameters against the token's claims. Raises HostRejectedError."""
    for name in ("userId", "companyId"):
        signed = claims.get(name)
        if isinstance(signed, bool) or not isinstance(signed, str | int):
            raise HostRejectedError(HOST, "malformed")
        if not same(only(request.args, name), str(signed)):
            raise HostRejectedError(HOST, "account")
    if options.company_id is not None and not same(str(claims["companyId"]), options.company_id):
        raise HostRejectedError(HOST, "account")


def _record(options: PipedriveOptions) -> str:
    """Read the id of the one selected record. Another kind of record is refused: a deal's id is no organization's."""
    if only(request.args, "resource") != options.resource:
        raise HostRequestError(HOST, "resource")
    record = only(request.args, "selectedIds")
    if not (record.isascii() and record.isdigit() and len(record) <= MAX_RECORD_DIGITS):
        raise HostRequestError(HOST, "selectedIds")
    return record
