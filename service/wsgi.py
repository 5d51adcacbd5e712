"""The web server's target."""

from __future__ import annotations

from service.app.web import web_app
from service.observability import logs
from service.options import settings

logs.configure()
app = web_app(settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL")))
