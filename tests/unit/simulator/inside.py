"""A simulator in the tests' own process."""

from __future__ import annotations

import threading
from contextlib import contextmanager

from service.simulator.server import Options, create_server
from tests.support.simulator import Simulator

NOW = 1_790_000_000


@contextmanager
def running(**options):
    """A simulator in this process, so that its coverage is seen."""
    server, *_ = create_server(Options(**{"now": NOW, **options}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    simulator = Simulator(server.base_url)
    try:
        yield simulator
    finally:
        simulator.close()
        server.faults.lift()
        server.shutdown()
        server.server_close()
        thread.join()
