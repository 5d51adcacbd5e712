"""The service without its processes' own copies, which would flatter a store of few customers."""

from __future__ import annotations

from service.cache import local_cache as copies

copies.HOT_SECONDS = 0.0

from service.wsgi import app  # noqa: E402  (the copies' age is read when the app is made)

__all__ = ["app"]
