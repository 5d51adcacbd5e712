"""The web server's target."""

from __future__ import annotations

from service.app.web import build_web, web_parts
from service.observability import logs
from service.options import settings

logs.configure()
app = build_web(web_parts(settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))))
