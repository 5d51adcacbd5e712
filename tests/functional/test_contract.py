"""The published contract, attacked by generated requests, and read by clients that others generate from it.

Every check of schemathesis runs against the running service; the clients are made without a warning, and read what is
served. The TypeScript tools come from npm: `npm ci --prefix tests/clients` brings them, as `.ci/run` does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from service.web.contract.openapi import OPERATIONS, build_spec
from tests.harness.processes import ROOT, run

if TYPE_CHECKING:
    from tests.harness.service import Service

EXAMPLES = 25
NEVER_OK = {"/v1/surveys/{id}/scales"}  # its ids are the operator's, which no generator knows
CONTRACT = ROOT / "openapi.yaml"
CLIENTS = ROOT / "tests" / "clients"
TOOLS = CLIENTS / "node_modules"
SCHEMAS = set(build_spec()["components"]["schemas"])


def test_no_request_that_schemathesis_thinks_of_breaks_the_contract(service: Service) -> None:
    attacked = subprocess.run(
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
    said = "\n".join(line[:300] for line in attacked.stdout.splitlines())
    assert attacked.returncode == 0, said
    assert re.search(r"(\d+) generated, \1 passed", said), said
    # A run that is refused everywhere ends well too, so look whether the doors were opened.
    contract = yaml.safe_load(service.get("/openapi.yaml").text)
    metrics = service.get("/metrics").text
    answered = set(re.findall(r'http_requests_total\{method="\w+",route="([^"]+)",status="200"\}', metrics))
    assert set(contract["paths"]) - NEVER_OK <= answered


def test_the_longest_batch_of_usual_ids_is_answered_by_any_server(service: Service) -> None:
    customers = [f"{number:03}" + "x" * 197 for number in range(100)]
    reply = service.get("/v1/customers/satisfaction?" + "&".join(f"id={customer}" for customer in customers))
    assert [summary["customer_id"] for summary in reply.json()["customers"]] == customers


def test_a_line_beyond_all_bounds_is_refused(service: Service) -> None:
    reply = service.get(f"/healthz?{'x' * 300_000}", None)
    assert reply.status_code == 414


@pytest.fixture
def expected(service: Service) -> dict[str, Any]:
    """The same reads without a generated client."""
    service.await_sweep()
    summary = service.get("/v1/customers/C-1001/satisfaction").json()
    return {
        "band": summary["band"],
        "low": summary["band"] in {"very_dissatisfied", "dissatisfied"},
        "batch": [summary["answered"], 0],
        "page": [1, summary["answered"] > 1],
        "latest": summary["latest"]["answers"][0]["kind"],
        "theirs": "C-1001",
        "newest": service.get("/v1/respondents/501/results/latest").json()["latest"]["answer_set_id"],
        "standing": True,
        "updates": [3, True],
        "changes": True,
        "surveys": [4711, 4712, 4713],
        "scales": True,
        "unmapped": True,
        "explained": [100.0, 0.0],
        "health": "alive",
        "refused": "urn:netigate-results:problem:bad-cursor",
    }


def test_a_generated_python_client_reads_what_is_served(service, expected, tmp_path):
    tools = Path(sys.executable).parent
    run(
        *(tools / "openapi-python-client", "generate", "--path", CONTRACT, "--meta", "none", "--fail-on-warning"),
        *("--output-path", tmp_path / "generated_client"),
        cwd=tmp_path,
        PATH=f"{tools}{os.pathsep}{os.environ['PATH']}",
    )
    models = {path.stem for path in (tmp_path / "generated_client" / "models").glob("*.py")} - {"__init__"}
    # One for each that the contract names, and none that the generator had to think of but for maps and parameters.
    assert len(models) <= len(SCHEMAS) + 3, sorted(models)
    told = run(sys.executable, CLIENTS / "read.py", service.url, "full", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert json.loads(told) == expected


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
@pytest.mark.skipif(not TOOLS.is_dir(), reason="needs npm ci --prefix tests/clients")
def test_a_generated_typescript_client_reads_what_is_served(service, expected, tmp_path):
    for name in ("read.ts", "tsconfig.json", "package.json"):
        shutil.copy(CLIENTS / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(TOOLS)
    run("node", TOOLS / "openapi-typescript/bin/cli.js", CONTRACT, "-o", "schema.d.ts", cwd=tmp_path)
    run("node", TOOLS / "typescript/bin/tsc", "-p", ".", cwd=tmp_path)
    told = run("node", "out/read.js", service.url, "full", cwd=tmp_path)
    assert json.loads(told) == expected


@pytest.mark.parametrize("script", ["read.py", "read.ts"])
def test_the_scripts_read_every_operation(script):
    text = (CLIENTS / script).read_text("utf-8")
    for operation in OPERATIONS:
        if operation.path == "/readyz":  # it answers 503 at times
            continue
        words = [part.strip("{}") for part in operation.path.split("/") if part not in {"", "v1"}]
        name = "_".join([operation.method, *words])
        assert (name if script.endswith(".py") else f'{operation.method.upper()}("{operation.path}"') in text
