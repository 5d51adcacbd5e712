"""One simulator and one service over it for a whole module: each test changes a customer of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness.service import Service, account
from tests.harness.simulator import Simulator, SimulatorProcess

if TYPE_CHECKING:
    from collections.abc import Iterator


# A machine that stalls for a quarter of a second is not a Redis that is away: only the tests of that take the default.
Service.usual = {**Service.usual, "REDIS_TIMEOUT_SECONDS": "10"}


@pytest.fixture(scope="package")
def account_simulator() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(customers=60) as running:
        yield running


@pytest.fixture(scope="package")
def account_service(account_simulator: SimulatorProcess) -> Iterator[Service]:
    with Service(**account(account_simulator)) as running:
        yield running


@pytest.fixture
def netigate(account_simulator: SimulatorProcess) -> Iterator[Simulator]:
    yield account_simulator
    account_simulator.lift()


@pytest.fixture
def service(account_service: Service) -> Service:
    return account_service
