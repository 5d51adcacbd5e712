"""Builds the wheel, installs it alone in an empty environment with the locked packages, and runs it from elsewhere.

Exit status 0 where what was installed serves the demo, its data files among it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
# What data files serve: a lexicon and a script of Redis (a score), a template, a page's script, a package's own file.
ROUTES = (
    ("/v1/customers/C-1001/satisfaction", '"very_dissatisfied"'),
    ("/openapi.yaml", "openapi: 3"),
    ("/docs", "swagger-ui-bundle.js"),
    ("/docs/swagger-ui.css", "swagger-ui"),
    ("/embed.js", "netigate-satisfaction"),
    ("/metrics", "netigate_results_build_info"),
)


def run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """The environment's folder of commands."""
    run(sys.executable, "-m", "venv", folder)
    pip = folder / "bin" / "pip"
    quiet = ("--quiet", "--disable-pip-version-check")
    run(pip, "install", *quiet, "--no-deps", "--require-hashes", "-r", ROOT / "requirements" / "run.txt")
    run(pip, "install", *quiet, "--no-deps", wheel)
    run(pip, "check")
    return folder / "bin"


@contextlib.contextmanager
def running(command: Path, folder: Path) -> Iterator[str]:
    """The demo, from a folder that holds nothing of the checkout; its address."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PORT": "0", "PYTHONUNBUFFERED": "1"}
    child = subprocess.Popen([command, "run"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    watch = threading.Timer(READY_SECONDS, child.terminate)  # ends the wait for a service that never becomes ready
    watch.start()
    try:
        address = ""
        assert child.stdout is not None
        for line in child.stdout:
            print(f"  {line.rstrip()}")
            if found := re.match(r"Ready at (\S+)", line):
                address = found[1]
                break
        if not address:
            sys.exit("it did not become ready")
        yield address
    finally:
        watch.cancel()
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def get(address: str) -> str:
    request = urllib.request.Request(address, headers={"Authorization": "Bearer demo"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as reply:
            return str(reply.read().decode())
    except urllib.error.HTTPError as error:
        return f"status {error.code}"


def main() -> int:
    wrong = []
    with tempfile.TemporaryDirectory(prefix="netigate-results-release-") as scratch:
        folder = Path(scratch)
        wheel = build(folder / "dist")
        print(f"built {wheel.name}, {wheel.stat().st_size // 1024} kB")
        commands = install(wheel, folder / "env")
        command = commands / "netigate-results"
        print(f"installed: {run(command, '--version').strip()}")
        if run(command, "openapi") != (ROOT / "openapi.yaml").read_text("utf-8"):
            wrong.append("the wheel's contract is not the one checked in")
        with running(command, folder) as address:
            wrong += [
                f"{route} does not answer as it should" for route, sign in ROUTES if sign not in get(address + route)
            ]
    print("\n".join(f"WRONG: {line}" for line in wrong) or "the wheel runs by itself")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
