"""Generated attacks on the published contract: every check of schemathesis, against the running service."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import yaml

from tests.harness.service import Service, account

if TYPE_CHECKING:
    from tests.harness.simulator import Simulator

ROOT = Path(__file__).parents[2]
EXAMPLES = 25
NEVER_OK = {"/v1/surveys/{id}/scales"}  # its ids are the operator's, which no generator knows


def test_no_request_that_schemathesis_thinks_of_breaks_the_contract(service: Service) -> None:
    run = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", f"{service.url}/openapi.yaml"),
            *("-H", "Authorization: Bearer full", "--checks", "all", "--max-examples", str(EXAMPLES)),
            *("--generation-deterministic", "--no-color", "--request-timeout", "20"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = "\n".join(line[:300] for line in run.stdout.splitlines())
    assert run.returncode == 0, said
    assert re.search(r"(\d+) generated, \1 passed", said), said
    # A run that is refused everywhere ends well too, so look whether the doors were opened.
    contract = yaml.safe_load(service.get("/openapi.yaml").text)
    metrics = service.get("/metrics").text
    answered = set(re.findall(r'http_requests_total\{method="\w+",route="([^"]+)",status="200"\}', metrics))
    assert set(contract["paths"]) - NEVER_OK <= answered


def test_the_longest_batch_of_the_contract_is_answered(netigate: Simulator) -> None:
    """By gunicorn; granian's own limit of 65,534 bytes stands in docs/deploy.md."""
    customers = [f"{number:03}" + "Ü" * 197 for number in range(100)]
    query = "&".join(f"id={quote(customer)}" for customer in customers)
    with Service(**account(netigate, WEB_SERVER="gunicorn", WEB_CONCURRENCY="1")) as service:
        reply = service.get(f"/v1/customers/satisfaction?{query}")
    assert reply.status_code == 200
    assert [summary["customer_id"] for summary in reply.json()["customers"]] == customers


def test_the_longest_batch_of_usual_ids_is_answered_by_any_server(service: Service) -> None:
    customers = [f"{number:03}" + "x" * 197 for number in range(100)]
    reply = service.get("/v1/customers/satisfaction?" + "&".join(f"id={customer}" for customer in customers))
    assert [summary["customer_id"] for summary in reply.json()["customers"]] == customers


def test_a_line_beyond_all_bounds_is_refused(service: Service) -> None:
    reply = service.get(f"/healthz?{'x' * 300_000}", None)
    assert reply.status_code == 414
