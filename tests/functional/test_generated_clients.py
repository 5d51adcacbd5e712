"""Clients that others generate from openapi.yaml: they are made without a warning, and read what is served.

The TypeScript tools come from npm: `npm ci --prefix tests/clients` brings them, as `.ci/run` does.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from service.web.contract.openapi import OPERATIONS, build_spec
from tests.harness.processes import ROOT, run

if TYPE_CHECKING:
    from tests.harness.service import Service

CONTRACT = ROOT / "openapi.yaml"
CLIENTS = ROOT / "tests" / "clients"
TOOLS = CLIENTS / "node_modules"
SCHEMAS = set(build_spec()["components"]["schemas"])


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
