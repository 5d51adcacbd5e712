"""gunicorn's target."""

from __future__ import annotations

from service import logs, settings
from service.app import web_app

logs.configure(gather=True)
app = web_app(settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL")))
