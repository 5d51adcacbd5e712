"""Fixtures of the commands' tests."""

from __future__ import annotations

import pytest

from service.survey.errors import (
    RejectedError,
)
from tests.support.fakes import FakeUpstream, make_set

from .account import GERMAN, SWEDISH, Account


@pytest.fixture
def upstream() -> FakeUpstream:
    upstream = FakeUpstream()
    upstream.put(*(make_set(n, customer=f"C-{n}", contact=f"P-{n}", comment="Vertraulich") for n in range(1, 9)))
    return upstream


@pytest.fixture
def account(upstream: FakeUpstream) -> Account:
    return Account({SWEDISH: upstream, GERMAN: RejectedError("/surveys", status=401)})
