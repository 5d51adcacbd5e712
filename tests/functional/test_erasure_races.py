"""What Netigate erases is gone from everywhere, also while it is being fetched; what it merely hides is not."""

from __future__ import annotations

import threading

import pytest

from tests.harness.service import Service, Unready, account, cli
from tests.harness.simulator import SWEDISH, SimulatorProcess
from tests.harness.waiting import until

LOW = "Mycket missnöjd"


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=20) as process:
        yield process


@pytest.fixture(scope="module")
def service(netigate):
    options = {"RECONCILE_INTERVAL_SECONDS": "1", "WEB_CONCURRENCY": "2", "NETIGATE_SURVEYS": str(SWEDISH)}
    with Service(**account(netigate, **options)) as running:
        running.await_sweep(times=2)
        yield running


def routes(service, customer, respondent, answer_set):
    """Where an answer set shows."""
    results = [
        service.get(f"/v1/customers/{customer}/results").json()["results"],
        service.get(f"/v1/respondents/{respondent}/results").json()["results"],
        service.get("/v1/changes").json()["changes"],
    ]
    latest = [
        service.get(f"/v1/customers/{customer}/results/latest").json()["latest"],
        service.get(f"/v1/respondents/{respondent}/results/latest").json()["latest"],
        service.summary(customer)["latest"],
    ]
    found = [[entry for entry in page if entry["answer_set_id"] == answer_set] for page in results]
    found += [[entry] for entry in latest if entry and entry["answer_set_id"] == answer_set]
    low = service.get("/v1/customers?limit=100").json()["customers"]
    found.append([entry for entry in low if entry["customer_id"] == customer])
    return sum(map(bool, found))


EVERYWHERE = 7


def test_erased_while_it_was_on_its_way_it_is_gone_after_one_reconcile(netigate, service):
    added = netigate.add(customer="K-1", answers={31: LOW})
    where = "K-1", added["respondent"], added["set"]
    until(lambda: routes(service, *where) == EVERYWHERE, what="the answer on every route")
    held = netigate.fault("held", path="answersWithData", delay=60)
    netigate.edit(added["set"], answers={31: "Missnöjd"})
    until(lambda: sum(fault["waiting"] for fault in netigate.faults()), what="a sweep that waits for its page")
    netigate.erase(added["set"])  # the page that is on its way still holds it
    netigate.lift(held)
    until(lambda: routes(service, *where) == 0, what="its end on every route")
    service.await_sweep(times=2)
    assert routes(service, *where) == 0


@pytest.mark.parametrize("setting", ["empty", "missing"])
def test_a_survey_that_hides_its_answers_loses_nothing_and_raises_the_alarm(netigate, service, setting):
    before = service.summary("C-1001")
    customers = service.get("/v1/customers?limit=100").json()["customers"]
    netigate.survey(SWEDISH, **{setting: True})
    health = until(lambda: _alarmed(service), what="the alarm")
    assert health["status"] == "degraded"
    after = service.summary("C-1001")
    assert {**after, "freshness": None} == {**before, "freshness": None}
    assert service.get("/v1/customers?limit=100").json()["customers"] == customers
    netigate.survey(SWEDISH, **{setting: False})
    until(lambda: service.get("/readyz", None).json() == {"status": "ready", "reasons": []}, what="the alarm's end")


def _alarmed(service):
    reply = service.get("/readyz", None)
    document = reply.json()
    told = [reason for reason in document["reasons"] if "nothing was removed" in reason]
    assert reply.status_code == 200
    return document if told else None


def test_a_respondent_purged_while_being_fetched_stays_out():
    with SimulatorProcess(customers=20) as netigate:
        netigate.fault("held", path="answersWithData", delay=25)  # no sweep ends: readers fetch
        netigate.fault("held", path=r"answers/9001$", delay=25)
        options = {"WEB_CONCURRENCY": "1", "READ_BUDGET_SECONDS": "20", "NETIGATE_SURVEYS": str(SWEDISH)}
        with Unready(**account(netigate, **options)) as service:
            found = []
            reader = threading.Thread(
                target=lambda: found.append(service.get("/v1/respondents/501/results").json()["results"])
            )
            reader.start()
            until(lambda: any(f["waiting"] and "9001" in f["path"] for f in netigate.faults()), what="the fetch")
            assert cli("purge", "--respondent", "501", **service.options).returncode == 0
            netigate.lift()
            reader.join(60)
            assert found == [[]]
            assert service.summary("C-1001")["latest"] is None
            service.await_sweep()
            assert service.summary("C-1001")["latest"] is None
