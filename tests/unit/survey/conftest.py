import pytest

from service.lexicons import load
from service.survey.scoring import Scorer


@pytest.fixture(scope="session")
def scorer():
    return Scorer(load())
