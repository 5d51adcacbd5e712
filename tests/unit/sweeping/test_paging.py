"""Pages: to the last, which is read anew from each; and an upstream whose pages never end is an alarm."""

from __future__ import annotations

from itertools import count

import pytest
from structlog.testing import capture_logs

from service.ports import AnswerPage
from service.survey.long_text import LONGEST_TEXT
from service.sweeping.paging import ENDLESS, EndlessPagesError
from tests.support.fakes import make_set

NUMBERS = count(1000)
ODD = {
    "the same page again and again": lambda number: AnswerPage(number, 10**6, (make_set(1), make_set(2))),
    "always one more": lambda number: AnswerPage(number, number + 1, (make_set(next(NUMBERS)),)),
    "ever more": lambda number: AnswerPage(number, 10 * number, (make_set(next(NUMBERS)),)),
}


@pytest.mark.parametrize("odd", ODD)
def test_pages_that_never_end_are_an_alarm(house, monkeypatch, odd):
    asked = []

    def answer_page(_survey, number, *, updated=None):
        asked.append(number)
        return ODD[odd](number)

    monkeypatch.setattr(house.upstream, "answer_page", answer_page)
    with pytest.raises(EndlessPagesError):
        house.sweep()
    assert len(asked) <= 75
    assert house.store.control.state(4711).alarm == ENDLESS
    assert house.store.control.swept() == {}


def test_a_survey_that_grows_while_it_is_read_is_read_to_its_end(house, monkeypatch):
    house.upstream.page_size = 1
    house.upstream.put(*[make_set(n, respondent=n) for n in range(1, 6)])
    ask = house.upstream.answer_page

    def growing(survey, number, *, updated=None):
        if number <= 10:
            house.upstream.put(make_set(100 + number, respondent=100 + number))
        return ask(survey, number, updated=updated)

    monkeypatch.setattr(house.upstream, "answer_page", growing)
    assert house.sweep().seen == 15


def test_a_text_that_was_cut_is_told(house):
    house.upstream.put(make_set(1, comment="x" * (LONGEST_TEXT - 3) + "…"), make_set(2, comment="Bra …"))
    with capture_logs() as lines:
        assert house.sweep().cut == 1
    assert [(line["survey_id"], line["count"]) for line in lines if line["event"] == "texts_cut"] == [(4711, 1)]
