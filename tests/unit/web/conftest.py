"""The web application over a store in memory, called without a socket."""

from __future__ import annotations

import hashlib

import pytest

from service.app import lexicon_files as lexicons
from service.app.web import WebParts, build_web
from service.survey.scoring.scorer import Scorer
from service.sweeping.codebooks import Labels
from service.web.api_keys import ApiKey
from service.web.auth import KeyRing
from tests.support.house import CONTACT_LABEL, CUSTOMER_LABEL, House

SCOPES = {"full": "results+comments+changes", "plain": "results", "feed": "changes", "words": "comments"}


def api_key(name: str, scopes: str) -> ApiKey:
    return ApiKey(name, hashlib.sha256(name.encode()).hexdigest(), frozenset(scopes.split("+")))


class Web:
    """Asks the application as a caller whose key is its name."""

    def __init__(self, house: House, **more) -> None:
        self.house = house
        keys = KeyRing([api_key(name, scopes) for name, scopes in SCOPES.items()])
        labels, scorer = Labels(CUSTOMER_LABEL, CONTACT_LABEL), Scorer(lexicons.load())
        parts = WebParts(house.store, house.rule, keys, house.clock, scorer, labels, **more)
        self.app = build_web(parts)
        self.client = self.app.test_client()

    def get(self, path: str, key: str | None = "full", method: str = "GET", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named.setdefault("Authorization", f"Bearer {key}")
        return self.client.open(path, method=method, headers=named)

    def post(self, path: str, body: object, key: str | None = "full", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named.setdefault("Authorization", f"Bearer {key}")
        return self.client.post(path, json=body, headers=named)


@pytest.fixture
def web(house: House) -> Web:
    return Web(house)


@pytest.fixture
def web_with(house: House):
    """The application with more parts than the plain one."""
    return lambda **parts: Web(house, **parts)
