"""Three customers with an answer each."""

from __future__ import annotations

import pytest

from tests.support.fakes import make_set


@pytest.fixture
def three(house):
    for number in (1, 2, 3):
        house.file(make_set(number, customer=f"C-{number}", respondent=500 + number))
    return house
