"""A mistyped customer label does not start: one message, exit status 2, and nothing is lost by having tried."""

from __future__ import annotations

import pytest

from tests.harness.service import Service, account, cli
from tests.harness.simulator import SimulatorProcess


@pytest.fixture(scope="module")
def netigate():
    with SimulatorProcess(customers=5) as simulator:
        yield simulator


def test_run_refuses_a_label_that_leaves_every_customer_without_answers(netigate, tmp_path):
    options = account(netigate, DATA_DIR=str(tmp_path / "data"), PORT="0", WEB_CONCURRENCY="1")
    with Service(**options) as service:
        before = service.get("/v1/customers/C-1001/satisfaction").json()["score"]
        changes = [change["id"] for change in service.get("/v1/changes").json()["changes"]]
    assert changes
    told = cli("run", **{**options, "NETIGATE_CUSTOMER_LABEL": "CRM-IDD"})
    assert told.returncode == 2, told.stderr
    said = [line for line in (told.stdout + told.stderr).splitlines() if "NETIGATE_CUSTOMER_LABEL" in line]
    assert len(said) == 1
    assert "--yes" in said[0]
    with Service(**options) as service:
        assert service.get("/v1/customers/C-1001/satisfaction").json()["score"] == before
        assert [change["id"] for change in service.get("/v1/changes").json()["changes"]] == changes
