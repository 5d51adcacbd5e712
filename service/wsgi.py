"""gunicorn's target."""

from __future__ import annotations

from service import settings
from service.app import configure_logs, web_app

configure_logs()
app = web_app(settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL")))
