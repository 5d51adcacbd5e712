"""The card's blueprint in an app of its own, over invented summaries and a clock that the test moves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from service.survey.errors import StoreAwayError
from service.widget.gallery_summaries import demo_summary
from service.widget.options import WidgetOptions
from service.widget.routes import widget_blueprint
from service.widget.tokens import mint

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
SECRET = "card-secret-of-thirty-two-bytes-or-more"
OPTIONS = WidgetOptions(
    secret=SECRET,
    frame_ancestors=("https://crm.example.com", "https://*.lime.example.com"),
    origins=("https://crm.example.com",),
    token_seconds=900,
    public_url=None,
    demo=True,
)


class Clock:
    def __init__(self):
        self.moment = NOW

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()

    def sleep(self, seconds):
        raise AssertionError("nothing of the card waits")


class Store:
    """Summaries by customer; somebody unknown never answered, as the port says."""

    def __init__(self):
        self.by_customer = {}
        self.away = False

    def summary(self, customer_id, *, comments):
        if self.away:
            raise StoreAwayError
        summary = self.by_customer.get(customer_id) or demo_summary("never", NOW)
        if not comments and summary["latest"]:
            summary["latest"]["answers"] = [a for a in summary["latest"]["answers"] if not a.get("comment")]
        return summary


class Card:
    """A client of the card, with its store, clock and readiness at hand."""

    def __init__(self, **options):
        self.clock, self.store, self.ready = Clock(), Store(), True
        app = Flask("card")
        blueprint = widget_blueprint(replace(OPTIONS, **options), self.store, self.clock, ready=lambda: self.ready)
        app.register_blueprint(blueprint)
        self.client = app.test_client()

    def token(self, customer="C-1001", *, scopes=("results", "comments"), seconds=900, secret=SECRET):
        return mint(secret, customer, scopes=scopes, now=NOW, lifetime_seconds=seconds)

    def get(self, customer="C-1001", *, token=None, lang="en", headers=None, **query):
        query = {"token": self.token() if token is None else token, "lang": lang} | query
        return self.client.get(f"/widget/customers/{customer}", query_string=query, headers=headers)


@pytest.fixture
def card():
    return Card()
