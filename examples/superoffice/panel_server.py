# ruff: noqa: INP001  (runs on a machine of its own, no package)
"""A small server of your own behind SuperOffice's web panel: who asks, may they see the company, then on to the card.

SuperOffice signs nothing in a web panel's address, so the panel's visitor signs in with SuperID (no dialog for
somebody who is signed in to SuperOffice already), and the company is read with *their* access token: SuperOffice
itself decides whether they may see it. No cookie: the company travels in a signed `state`.

Needs Flask and requests. Run: `gunicorn panel_server:app` behind HTTPS, with the environment variables below.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from urllib.parse import quote, urlencode

import requests
from card_token import mint
from flask import Flask, Response, abort, redirect, request

SIGN_IN = os.environ.get("SUPEROFFICE_SIGN_IN", "https://online.superoffice.com/login/common/oauth")  # sandbox: sod
API = os.environ.get("SUPEROFFICE_API", "")  # https://online3.superoffice.com/Cust12345/api
CLIENT_ID = os.environ.get("SUPEROFFICE_CLIENT_ID", "")
CLIENT_SECRET = os.environ.get("SUPEROFFICE_CLIENT_SECRET", "")
CUSTOMER_FIELD = os.environ.get("CUSTOMER_FIELD", "ContactId")  # or Number1, Number2, OrgNr
OWN_URL = os.environ.get("OWN_URL", "")  # https://panel.example.com, of this server
PUBLIC_URL = os.environ.get("PUBLIC_URL", "")  # https://results.example.com, of netigate-results
WIDGET_SECRET = os.environ.get("WIDGET_SECRET", "")
TOKEN_SECONDS = 900
STATE_SECONDS = 120
MAX_DIGITS = 18
MAX_LANGUAGE = 10  # characters
TIMEOUT = (3, 5)  # seconds to connect, to read

app = Flask(__name__)


@app.get("/panel")
def panel() -> Response:
    """Answer the web panel's address: /panel?contact=<cuid>&lang=sv."""
    contact = request.args.get("contact", "")
    if not (contact.isascii() and contact.isdigit() and len(contact) <= MAX_DIGITS):
        abort(400)
    state = sign_state(contact, language(request.args.get("lang", "")), time.time())
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": OWN_URL + "/signed-in",
        "scope": "openid",
        "state": state,
    }
    return private(redirect(f"{SIGN_IN}/authorize?{urlencode(query)}", 303))


@app.get("/signed-in")
def signed_in() -> Response:
    contact, lang = read_state(request.args.get("state", ""), time.time()) or abort(401)
    customer_id = customer_of(contact, access_token(request.args.get("code", "")))
    if not customer_id:
        abort(404)
    token = mint(WIDGET_SECRET, customer_id, ["results"], time.time(), TOKEN_SECONDS)
    query = urlencode({"token": token, "lang": lang} if lang else {"token": token})
    return private(redirect(f"{PUBLIC_URL}/widget/customers/{quote(customer_id, safe='')}?{query}", 303))


def access_token(code: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": OWN_URL + "/signed-in",
    }
    answer = requests.post(f"{SIGN_IN}/tokens", data=form, timeout=TIMEOUT)
    if not answer.ok:
        abort(401)
    return answer.json()["access_token"]


def customer_of(contact: str, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    answer = requests.get(f"{API}/v1/Contact/{contact}", headers=headers, timeout=TIMEOUT)
    return str(answer.json().get(CUSTOMER_FIELD) or "").strip() if answer.ok else ""


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


def private(answer: Response) -> Response:
    answer.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    return answer
