from __future__ import annotations

import pytest

from tests.unit.simulator.inside import running


@pytest.fixture(scope="session")
def unchanged():
    """Shared: tests that take this change nothing."""
    with running() as simulator:
        yield simulator


@pytest.fixture
def netigate():
    """A small one of one's own."""
    with running(customers=20) as simulator:
        yield simulator
