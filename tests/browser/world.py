"""The card's service and a CRM as small Flask apps over one changeable state."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from flask import Flask, Response, request

from service.survey.errors import StoreAwayError
from service.widget.gallery_summaries import demo_summary
from service.widget.options import WidgetOptions
from service.widget.routes import widget_blueprint
from service.widget.tokens import TokenError, mint, verify

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
SECRET = "card-secret-of-thirty-two-bytes-or-more"
CUSTOMER = "Müller & Söhne GmbH/7"


class World:
    """What the service holds, what time it is, and what was asked of it."""

    crm = stranger = service = snippet = ""

    def __init__(self, contact_url=None):
        self.contact_url = contact_url
        self.now = NOW
        self.ready = True
        self.away = False
        self.summaries = {}
        self.age = 120
        self.stale = False
        self.asked = []  # (path, If-None-Match, status) of each API call

    def put(self, summary, customer=CUSTOMER):
        self.summaries[customer] = summary

    def put_state(self, state, customer=CUSTOMER):
        self.away = state == "unavailable"
        self.stale = state == "stale"
        self.age = None if state == "starting" else 95 * 60 if state == "stale" else 120
        self.put(demo_summary(state, self.now), customer)

    def token(self, customer=CUSTOMER, *, secret=SECRET, scopes=("results", "comments"), seconds=900):
        return mint(secret, customer, scopes=scopes, now=self.now, lifetime_seconds=seconds)

    def token_for(self, state):
        """The token that leads to a state."""
        if state == "expired":
            return self.token(seconds=-60)
        return self.token(secret=SECRET[::-1]) if state == "invalid" else self.token()

    def page(self, token=None, customer=CUSTOMER, **query):
        query = {"token": self.token(customer) if token is None else token} | query
        return f"{self.service}/widget/customers/{quote(customer, safe='')}?" + "&".join(
            f"{name}={quote(value)}" for name, value in query.items()
        )

    def component(self, token=None, customer=CUSTOMER, origin=None, **query):
        query = {"customer": customer, "token": self.token(customer) if token is None else token} | query
        return f"{origin or self.crm}/component?" + "&".join(f"{k}={quote(v, safe='')}" for k, v in query.items())

    def iframe(self, address, origin=None):
        return f"{origin or self.crm}/iframe?src={quote(address, safe='')}"

    # The ports.
    def summary(self, customer_id, *, comments):
        if self.away:
            raise StoreAwayError
        summary = deepcopy(self.summaries.get(customer_id) or demo_summary("never", self.now))
        if not comments and summary["latest"]:
            answers = summary["latest"]["answers"]
            summary["latest"]["answers"] = [answer for answer in answers if not answer.get("comment")]
        as_of = None if self.age is None else datetime.fromtimestamp(self.now.timestamp() - self.age, tz=UTC)
        return summary | {
            "customer_id": customer_id,
            "freshness": {
                "state": "stale" if self.stale or as_of is None else "fresh",
                "as_of": as_of and as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "age_seconds": self.age,
                "refresh_after_seconds": 60,
            },
        }


class WorldClock:
    def __init__(self, world):
        self.world = world

    def now(self):
        return self.world.now

    def monotonic(self):
        return self.world.now.timestamp()

    def sleep(self, seconds):
        raise AssertionError("nothing of the card waits")


def service_app(world, public_url=None, ancestors=()):
    """The card's blueprint beside the one API route that the component reads."""
    app = Flask("service_under_test")
    options = WidgetOptions(
        SECRET, (world.crm, *ancestors), (world.crm,), 900, public_url, demo=True, contact_url=world.contact_url
    )
    app.register_blueprint(widget_blueprint(options, world, WorldClock(world), ready=lambda: world.ready))

    @app.route("/v1/customers/<path:customer>/satisfaction", methods=["GET", "OPTIONS"])
    def satisfaction(customer):
        reply = Response(status=204) if request.method == "OPTIONS" else _answer(world, customer)
        if request.method == "GET":
            world.asked.append((customer, request.headers.get("If-None-Match"), reply.status_code))
        if request.headers.get("Origin") == world.crm:
            reply.headers["Access-Control-Allow-Origin"] = world.crm
            reply.headers["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
            reply.headers["Access-Control-Expose-Headers"] = "ETag, Age"
        return reply

    return app


def _answer(world, customer):
    try:
        claims = verify(request.headers.get("Authorization", "").removeprefix("Bearer "), SECRET, now=world.now)
    except TokenError as error:
        return _problem(401, "token-expired" if error.code == "expired" else "unauthorized")
    if claims.customer_id != customer:
        return _problem(403, "forbidden")
    try:
        summary = world.summary(customer, comments="comments" in claims.scopes)
    except StoreAwayError:
        return _problem(503, "unavailable")
    body = json.dumps({key: value for key, value in summary.items() if key != "freshness"})
    reply = Response(json.dumps(summary), mimetype="application/json")
    reply.set_etag(sha256(body.encode()).hexdigest()[:16], weak=True)
    if summary["freshness"]["age_seconds"] is not None:
        reply.headers["Age"] = str(summary["freshness"]["age_seconds"])
    return reply.make_conditional(request)


def _problem(status, kind):
    return Response(
        json.dumps({"type": f"/problems/{kind}", "title": kind, "status": status}),
        status,
        mimetype="application/problem+json",
    )


def under(path, app):
    """A proxy that serves an app under a path of its own and, as proxies do, takes the path off."""

    def proxied(environ, start_response):
        if not environ["PATH_INFO"].startswith(path + "/"):
            start_response("404 Not Found", [])
            return []
        return app(environ | {"PATH_INFO": environ["PATH_INFO"].removeprefix(path)}, start_response)

    return proxied


def crm_app(world):
    """A CRM's record page: the card in an iframe or as a component, under a policy as strict as hosts have."""
    app = Flask("crm")

    def page(body):
        # The policy is the point: no style and no script but the service's and the CRM's own file.
        service = "/".join(world.service.split("/")[:3])
        policy = (
            f"default-src 'none'; script-src 'self' {service}; connect-src {service}; "
            f"frame-src {service}; style-src 'none'; img-src 'self'"
        )
        html = (
            '<!doctype html><html lang="en"><head><title>Record</title><link rel="icon" href="data:,">'
            f'<script src="/crm.js"></script></head><body><main><h1>Record</h1>{body}</main></body></html>'
        )
        return Response(html, headers={"Content-Security-Policy": policy.replace("img-src 'self'", "img-src data:")})

    @app.get("/iframe")
    def iframe():
        source = request.args["src"].replace("&", "&amp;")
        return page(f'<iframe src="{source}" title="Satisfaction" width="320" height="700"></iframe>')

    @app.get("/component")
    def component():
        attributes = " ".join(f'{name}="{value.replace("&", "&amp;")}"' for name, value in request.args.items())
        return page(
            f'<script src="{world.service}/embed.js" defer></script>'
            f"<netigate-satisfaction {attributes}></netigate-satisfaction>"
        )

    @app.get("/snippet")
    def snippet():
        return page(world.snippet)

    @app.get("/crm.js")
    def script():
        return Response(
            'window.heard = []; addEventListener("message", (event) => heard.push([event.origin, event.data]));'
            'window.expired = []; addEventListener("token-expired", (event) => expired.push(event.target.localName));',
            mimetype="text/javascript",
        )

    return app
