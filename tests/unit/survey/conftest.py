import pytest

from service.app.lexicon_files import load
from service.survey.scoring.scorer import Scorer


@pytest.fixture(scope="session")
def scorer():
    return Scorer(load())
