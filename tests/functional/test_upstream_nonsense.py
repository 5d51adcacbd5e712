"""Whatever Netigate does, readers get what is known, told as old as it is, and never a 500."""

from __future__ import annotations

import itertools

import pytest

from service.simulator.http.faults import KINDS
from tests.harness.simulator import SWEDISH
from tests.harness.waiting import until

_numbers = itertools.count(1)
# Each fault with what makes it bite soon, and whether sweeps go on in spite of it.
DETAILS = {"slow": {"delay": 30}, "held": {"delay": 30}, "drip": {"delay": 4}, "429": {"retry_after": 1}}


def reads_well(service):
    for path in (
        "/v1/customers/C-1001/satisfaction",
        "/v1/customers/C-1001/results",
        "/v1/respondents/501/results/latest",
        "/v1/customers/nobody/satisfaction",
        "/v1/respondents/999999/results",
        "/v1/surveys",
        "/readyz",
    ):
        reply = service.get(path)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)
    document = service.summary("C-1001")
    assert (document["score"], document["answered"]) == (0.0, 2)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"401", "403"}])
def test_a_fault_is_no_readers_concern_and_passes(netigate, service, kind):
    reads_well(service)
    fault = netigate.fault(kind, path="answersWithData", **DETAILS.get(kind, {}))
    until(lambda: sum(f["hits"] for f in netigate.faults()) >= 1, what="the fault's bite")
    reads_well(service)
    customer = f"N-{next(_numbers)}"
    netigate.lift(fault)
    netigate.add(customer=customer, answers={31: "Nöjd"})
    service.await_summary(customer, answered=1)
    reads_well(service)


@pytest.mark.parametrize("form", ["bad_id", "null", "bad_answers"])
def test_one_set_that_is_nonsense_costs_no_other(netigate, service, form):
    customer = f"F-{form}"
    netigate.fault("malformed_set", form=form, path="answersWithData")
    one = {"survey": SWEDISH, "answers": {31: "Nöjd"}}
    netigate.change([{**one, "customer": f"{customer}-{n}", "respondent": 73_000 + n} for n in range(3)])

    def read():
        return sum(service.summary(f"{customer}-{n}")["answered"] for n in range(3)) >= 2

    until(read, what="the page's other sets")
    netigate.lift()
    for n in range(3):
        service.await_summary(f"{customer}-{n}", answered=1)


@pytest.mark.parametrize("kind", ["truncated", "html200"])
def test_a_question_tree_that_cannot_be_read_takes_nothing_away(netigate, service, kind):
    fault = netigate.fault(kind, path="questions")
    netigate.add(customer=f"Q-{kind}", answers=[{"item": 31, "type": "RADIOBUTTON", "text": "Ett nytt alternativ"}])
    reads_well(service)
    netigate.lift(fault)
    service.await_summary(f"Q-{kind}", answered=1)
    reads_well(service)


def test_nothing_but_documented_reads_was_asked_all_the_while(netigate, service):
    assert netigate.violations == []


def test_no_fault_of_ours_was_logged(service):
    assert '"fault"' not in service.logs()
    assert "Traceback" not in service.logs()
    assert "sweep_broke" not in service.logs()
