"""The hosts' own tools, where they are installed: `make examples-tools` brings those of npm, `.ci/run` Debian's too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
EXAMPLES = HERE.parents[1] / "examples"


def needs(package: str):
    """Skip a test whose npm package is not there, saying what brings it."""
    there = (MODULES / package).is_dir() and shutil.which("node") is not None
    return pytest.mark.skipif(not there, reason=f"npm's {package} is not installed: make examples-tools")


def needs_program(*names: str):
    there = all(shutil.which(name) for name in names)
    return pytest.mark.skipif(not there, reason=f"{' and '.join(names)} not installed (Debian: mono-mcs mono-runtime)")


def run(*command: str | Path, cwd: Path, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SF_DISABLE_TELEMETRY": "true", "NO_COLOR": "1"}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=seconds, check=False,
        env=environment,
    )  # fmt: skip


def type_check(folder: Path, options: dict[str, object], include: list[str]) -> subprocess.CompletedProcess[str]:
    """TypeScript's compiler over what `include` names in a folder with node_modules."""
    common = {"target": "es2022", "noEmit": True, "skipLibCheck": True, "types": [], "lib": ["ES2022", "DOM"]}
    config = {"compilerOptions": common | options, "include": include}
    (folder / "tsconfig.json").write_text(json.dumps(config), "utf-8")
    return run("node", "node_modules/typescript/bin/tsc", "-p", ".", cwd=folder)


@pytest.fixture
def workshop(tmp_path):
    """An empty folder where a host's tools find their modules."""
    if MODULES.is_dir():
        (tmp_path / "node_modules").symlink_to(MODULES)
    return tmp_path
