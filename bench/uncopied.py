"""The granian server without the workers' local copies, which would make a store of few customers look faster."""

from __future__ import annotations

from service.cache import local_cache
from service.process import granian_server

local_cache.HOT_SECONDS = 0.0

if __name__ == "__main__":
    granian_server.main()
