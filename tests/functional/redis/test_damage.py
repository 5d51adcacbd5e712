"""The service in processes, its store damaged under it: no 500, and whole again by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from service.process import embedded_server as embedded
from service.store.key_families import FAMILIES
from service.store.keys import Keys, account_name
from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.waiting import until
from tests.support.damage import damage

PATHS = ("/v1/customers/C-1001/satisfaction", "/v1/customers/C-1001/results", "/v1/respondents/501/results",
         "/v1/changes", "/v1/customers", "/v1/surveys", "/v1/unmapped", "/readyz", "/metrics")  # fmt: skip


@pytest.fixture(scope="module")
def service():
    with SimulatorProcess(customers=20) as netigate, Service(**account(netigate, WEB_CONCURRENCY="1")) as running:
        running.await_sweep()
        running.keys = Keys(account_name(netigate.base_url, netigate.key))
        yield running


@pytest.fixture(scope="module")
def store(service):
    client = redis.Redis(unix_socket_path=str(embedded.socket_path(Path(service.options["DATA_DIR"]))))
    yield client
    client.close()


def test_every_key_that_is_written_is_of_a_family(service, store):
    for path in PATHS:
        service.get(path)
    stored = [key.decode() for key in store.scan_iter()]
    assert [key for key in stored if service.keys.family(key) is None] == []
    types = {key: store.type(key).decode() for key in stored}  # leases come and go: what is gone has the type "none"
    wrong = {key: kind for key, kind in types.items() if kind not in {service.keys.family(key)[0].type.value, "none"}}
    assert not wrong


@pytest.mark.parametrize("how", ["another type", "cut short"])
def test_with_everything_damaged_at_once_it_answers_and_heals(service, store, how):
    before = service.summary("C-1001")
    for family in FAMILIES:
        if family.name not in {"salt", "kept_out"}:
            damage(store, service.keys, family, how)
    for _ in range(3):
        answers = {path: service.get(path).status_code for path in PATHS}
        assert not {path: status for path, status in answers.items() if status not in {200, 410, 503}}, answers

    def whole():
        return {**service.summary("C-1001"), "freshness": None} == {**before, "freshness": None}

    until(whole, what="the same answer again")
    until(lambda: service.get("/readyz", None).json()["status"] == "ready", what="ready")
    assert "healing_broke" not in service.logs()
    assert "sweep_broke" not in service.logs()
    assert '"event":"fault"' not in service.logs()
