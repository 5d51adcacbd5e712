"""Where the examples are, and how to run one."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
STATIC = ROOT / "service" / "crm" / "static"
HOSTS = ["dynamics365", "freshworks", "hubspot", "limecrm", "pipedrive", "salesforce", "superoffice", "zendesk"]
ODD_ID = "Müller & Söhne GmbH/7"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine")


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in EXAMPLES.rglob(pattern))


def node(script: str, **values) -> object:
    """Run a module; `values` stand in `given`, and what it writes is JSON."""
    source = f"const given = {json.dumps(values)};\n{script}"
    done = subprocess.run(
        [NODE, "--input-type=module", "-"], input=source, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def load(path: Path, name: str, monkeypatch):
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.delitem(sys.modules, "card_token", raising=False)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delitem(sys.modules, "card_token", raising=False)
    return module
