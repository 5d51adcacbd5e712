"""Granian's process without the workers' own copies, which would flatter a store of few customers."""

from __future__ import annotations

from service.cache import local_cache
from service.process import granian_server

local_cache.HOT_SECONDS = 0.0

if __name__ == "__main__":
    granian_server.main()
