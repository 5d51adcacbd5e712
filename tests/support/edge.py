"""The web app over a given house, and its logs, as tests of the edge use them."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.app import lexicon_files as lexicons
from service.app.web import WebParts, build_web
from service.observability import logs
from service.survey.scoring.scorer import Scorer
from service.sweeping.codebooks import Labels
from service.web.api_keys import ApiKey
from service.web.auth import KeyRing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.support.house import House

SECRET = "a-key-of-the-tests"
SCOPES = ("results", "comments", "changes")
HEADERS = {"Authorization": f"Bearer {SECRET}"}


def api_key(name: str = "crm", secret: str = SECRET, scopes: tuple[str, ...] = SCOPES) -> ApiKey:
    return ApiKey(name, hashlib.sha256(secret.encode()).hexdigest(), frozenset(scopes))


@dataclass
class Edge:
    """An app over a house. Everything logged since is in `lines`."""

    house: House
    parts: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[ApiKey, ...] = field(default_factory=lambda: (api_key(),))

    def __post_init__(self) -> None:
        self._log = io.BytesIO()
        logs.configure(self._log)
        scorer, labels = Scorer(lexicons.load()), Labels("CRM-ID", "Kontakt-ID")
        ring = KeyRing(self.keys)
        web = WebParts(self.house.store, self.house.rule, ring, self.house.clock, scorer, labels, **self.parts)
        self.app = build_web(web)
        self.client: FlaskClient = self.app.test_client()

    def get(self, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        return self.client.get(path, headers=HEADERS if headers is None else headers, **more)

    @property
    def log(self) -> str:
        return self._log.getvalue().decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines()]

    def metrics(self) -> dict[str, float]:
        """Samples by name and labels as written."""
        text = self.client.get("/metrics").get_data(as_text=True)
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}
