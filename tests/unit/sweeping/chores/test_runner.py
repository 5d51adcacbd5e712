"""Chores: each so often, and none that fails is in the way of the others."""

from __future__ import annotations

from structlog.testing import capture_logs

from service.survey.errors import StoreAwayError
from service.sweeping.chores.runner import AFTER_FAILURE, Chore, Chores
from tests.support.fakes import FakeClock


def test_each_is_done_when_due_and_a_failure_is_tried_again_soon():
    clock, done, failing = FakeClock(), [], [StoreAwayError("x"), ZeroDivisionError("C-1 said")]

    def fails():
        done.append("fails")
        if failing:
            raise failing.pop(0)

    chores = Chores(clock, [Chore("fails", 60.0, fails), Chore("well", 10.0, lambda: done.append("well"))])
    with capture_logs() as lines:
        for _ in range(4):
            chores.do_due()
            chores.do_due()
            clock.advance(AFTER_FAILURE)
    assert done == ["fails", "well", "fails", "fails", "well"]
    assert [(line["event"], line["chore"]) for line in lines] == [("chore_failed", "fails"), ("chore_broke", "fails")]
