"""Row 11: a list of ids that takes long holds up no sweep, and what was erased goes window by window."""

from __future__ import annotations

import pytest

from tests.harness.simulator import SWEDISH
from tests.harness.waiting import until
from tests.support.oddities import DAYS, odd

LIST = f"{SWEDISH}/answers"


@pytest.fixture(scope="module")
def account():
    with odd(**DAYS) as account:
        account.await_everything()
        yield account


def test_sweeps_go_on_while_the_list_hangs(account):
    hanging = account.netigate.fault("held", path=rf"{LIST}(\?|$)", delay=60)
    until(lambda: any(fault["waiting"] for fault in account.netigate.faults()), what="a list that hangs")
    for number in range(3):
        account.netigate.add(customer=f"K-{number}", answers={31: "Nöjd"})
        account.service.await_summary(f"K-{number}", answered=1)
    assert any(fault["waiting"] for fault in account.netigate.faults())
    assert account.freshness["age_seconds"] < 30
    account.netigate.lift(hanging)


def test_what_was_erased_goes_before_the_list_is_whole(account):
    added = account.netigate.add(customer="K-erased", answers={31: "Nöjd"})
    account.service.await_summary("K-erased", answered=1)
    account.netigate.fault("error", path=f"{LIST}$", status=504)
    account.netigate.fault("held", path=rf"{LIST}\?to=", delay=60)
    account.netigate.erase(added["set"])
    account.service.await_summary("K-erased", answered=0)
    until(lambda: any(fault["waiting"] for fault in account.netigate.faults()), what="the oldest window, which hangs")
    account.netigate.lift()
    account.await_everything()
