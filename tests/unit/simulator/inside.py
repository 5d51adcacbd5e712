"""A simulator in the tests' own process."""

from __future__ import annotations

import contextlib

from service.simulator.server import Options, create_server
from tests.harness import http
from tests.harness.simulator import Simulator

NOW = 1_790_000_000


@contextlib.contextmanager
def running(**options):
    """A simulator in this process, so that its coverage is seen."""
    server, *_ = create_server(Options(**{"now": NOW, **options}))
    simulator = Simulator(server.base_url)
    with http.running(server), contextlib.closing(simulator):
        try:
            yield simulator
        finally:
            server.faults.lift()
