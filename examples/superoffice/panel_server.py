# ruff: noqa: INP001  (runs on a machine of its own, no package)
"""A small server of your own behind SuperOffice's web panel: who asks, may they see the company, then the card.

SuperOffice signs nothing in a web panel's address, so the panel's visitor signs in with SuperID (no dialog for
somebody who is signed in to SuperOffice already), and the company is read with *their* access token: SuperOffice
itself decides whether they may see it. No cookie: the company travels in a signed `state`. The card stands in a page of
this server, which goes back to the panel's address when the card's token has ended.

Needs Flask and requests. Run: `gunicorn panel_server:app` behind HTTPS, with the environment variables below.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import time
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import requests
from card_token import mint
from flask import Flask, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

ENVIRONMENT = os.environ.get("SUPEROFFICE_ENVIRONMENT", "online")  # sod: SuperOffice's sandbox
TENANT = os.environ.get("SUPEROFFICE_TENANT", "")  # Cust12345
CLIENT_ID = os.environ.get("SUPEROFFICE_CLIENT_ID", "")
CLIENT_SECRET = os.environ.get("SUPEROFFICE_CLIENT_SECRET", "")
CUSTOMER_FIELD = os.environ.get("CUSTOMER_FIELD", "ContactId")  # or Number1, Number2, OrgNr
OWN_URL = os.environ.get("OWN_URL", "")  # https://panel.example.com, of this server
PUBLIC_URL = os.environ.get("PUBLIC_URL", "")  # https://results.example.com, of netigate-results
WIDGET_SECRET = os.environ.get("WIDGET_SECRET", "")

ROOT = f"https://{ENVIRONMENT}.superoffice.com"
SIGN_IN = f"{ROOT}/login/common/oauth"
ANCESTORS = "https://*.superoffice.com"
TOKEN_SECONDS = 900
STATE_SECONDS = 120
ADDRESS_SECONDS = 300  # that a tenant's address is believed; tenants move between SuperOffice's machines
MISDIRECTED = 421  # SuperOffice's word for "this tenant has moved"
MAX_DIGITS = 18
MAX_LANGUAGE = 10  # characters
TIMEOUT = (3, 5)  # seconds to connect, to read
WORDS = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))

app = Flask(__name__)
_address: tuple[str, float] = ("", 0.0)  # of the tenant's API, and until when it is believed


class RefusedError(Exception):
    """No card: `state` says in the card's words why."""

    def __init__(self, state: str, status: int, lang: str = "") -> None:
        super().__init__(state)
        self.state, self.status, self.lang = state, status, lang


@app.get("/panel")
def panel() -> Response:
    """Answer the web panel's address: /panel?contact=<cuid>&lang=sv."""
    contact, lang = request.args.get("contact", ""), language(request.args.get("lang", ""))
    if not (contact.isascii() and contact.isdigit() and len(contact) <= MAX_DIGITS):
        raise RefusedError("no_customer", 400, lang)
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": OWN_URL + "/signed-in",
        "scope": "openid",
        "state": sign_state(contact, lang, time.time()),
    }
    return private(redirect(f"{SIGN_IN}/authorize?{urlencode(query)}", 303))


@app.get("/signed-in")
def signed_in() -> Response:
    """Answer SuperID: the card of the company in the state, for a visitor who may see it."""
    found = read_state(request.args.get("state", ""), time.time())
    if found is None:
        raise RefusedError("expired", 401)
    contact, lang = found
    customer_id = customer_of(contact, access_token(request.args.get("code", ""), lang), lang)
    token = mint(WIDGET_SECRET, customer_id, ["results"], time.time(), TOKEN_SECONDS)
    query = urlencode({"token": token, "lang": lang} if lang else {"token": token})
    again = f"{OWN_URL}/panel?" + urlencode({"contact": contact, "lang": lang})
    return page(lang, card=f"{PUBLIC_URL}/widget/customers/{quote(customer_id, safe='')}?{query}", panel=again)


@app.errorhandler(RefusedError)
def refused(error: RefusedError) -> Response:
    return page(error.lang, error.status, state=error.state)


@app.errorhandler(requests.RequestException)
def away(_: Exception) -> Response:
    return page("", 503, state="unavailable")


@app.errorhandler(HTTPException)
def no_such_page(error: HTTPException) -> Response:
    return page("", error.code or 500, state="invalid")


def page(lang: str, status: int = 200, **shown: str) -> Response:
    chosen = spoken(lang)
    answer = Response(render_template("panel.html", lang=chosen, words=WORDS[chosen], **shown), status)
    card = urlsplit(PUBLIC_URL)
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; frame-src {card.scheme}://{card.netloc}; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ANCESTORS}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return private(answer)


def access_token(code: str, lang: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": OWN_URL + "/signed-in",
    }
    answer = requests.post(f"{SIGN_IN}/tokens", data=form, timeout=TIMEOUT)
    token = document(answer).get("access_token") if answer.ok else None
    if not token:
        raise RefusedError("invalid", 401, lang)
    return str(token)


def customer_of(contact: str, token: str, lang: str) -> str:
    """Read the customer's ID of a company as this visitor; where the tenant has moved, at its new address."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    for fresh in (False, True):
        path = f"{api_address(time.time(), lang, fresh=fresh)}/v1/Contact/{contact}"
        answer = requests.get(path, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        if answer.status_code != MISDIRECTED:
            break
    if answer.status_code >= 500 or answer.status_code == MISDIRECTED:  # noqa: PLR2004
        raise RefusedError("unavailable", 503, lang)
    if not answer.ok:
        raise RefusedError("invalid", 403, lang)
    customer_id = str(document(answer).get(CUSTOMER_FIELD) or "").strip()
    if not customer_id:
        raise RefusedError("no_customer", 404, lang)
    return customer_id


def api_address(now: float, lang: str, *, fresh: bool = False) -> str:
    """Ask SuperOffice's state service where the tenant's API is; the visitor's token goes nowhere else."""
    global _address  # noqa: PLW0603
    if fresh or now >= _address[1]:
        answer = requests.get(f"{ROOT}/api/state/{quote(TENANT, safe='')}", timeout=TIMEOUT, allow_redirects=False)
        state = document(answer) if answer.ok else {}
        api = str(state.get("Api") or "").rstrip("/")
        if not state.get("IsRunning") or not re.fullmatch(
            r"https://[a-z0-9.-]+\.superoffice\.com(:443)?/[\w/.-]*", api
        ):
            raise RefusedError("unavailable", 503, lang)
        _address = (api, now + ADDRESS_SECONDS)
    return _address[0]


def document(answer: requests.Response) -> dict:
    """The JSON object of a reply; empty where it is none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def sign_state(contact: str, lang: str, now: float) -> str:
    text = f"{contact}.{lang}.{int(now) + STATE_SECONDS}"
    return f"{text}.{_seal(text)}"


def read_state(state: str, now: float) -> tuple[str, str] | None:
    """Read company and language of a state that we signed, at most two minutes ago; else None."""
    text, _, seal = state.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(text).encode()):
        return None
    contact, lang, end = text.split(".")
    return (contact, lang) if now < int(end) else None


def _seal(text: str) -> str:
    # A key of its own, derived from the secret: a state can never pass for a card's token.
    key = hmac.new(WIDGET_SECRET.encode(), b"superoffice-state", hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def language(text: str) -> str:
    return text if len(text) <= MAX_LANGUAGE and text.isascii() and text.replace("-", "").isalnum() else ""


def spoken(lang: str) -> str:
    """Choose one of the card's languages: the panel's, else the browser's, else English."""
    for tag in (lang, *request.accept_languages.values()):
        base = tag.lower().split("-")[0]
        if (known := {"nb": "no", "nn": "no"}.get(base, base)) in WORDS:
            return known
    return "en"


def private(answer: Response) -> Response:
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer
