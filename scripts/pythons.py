"""README's commands in a fresh clone, once for each promised Python that this machine has: environment, demo, account.

`--oldest` stops after the first. Exit status: 0 all are well, 1 one is not or none was found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.harness.console import Console, fresh_copy
from tests.harness.processes import free_port, without_options
from tests.harness.simulator import SimulatorProcess

OLDEST = (3, 11)
SIGN = '"band": "very_dissatisfied"'  # C-1001
# A Python that is no virtual environment's and can make one.
ASK = """
import sys, ensurepip, venv
print("%d.%d.%d" % sys.version_info[:3] if sys.prefix == sys.base_prefix else "")
"""


def version(python: Path) -> tuple[int, ...]:
    """Empty where it does not start or cannot make an environment."""
    done = subprocess.run([python, "-c", ASK], capture_output=True, text=True, check=False)
    return tuple(map(int, done.stdout.strip().split("."))) if done.stdout.strip() else ()


def pythons() -> list[tuple[tuple[int, ...], Path]]:
    """Every promised Python in the folders of commands and of pyenv, each version once, oldest first."""
    folders = [Path("/usr/bin"), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    folders += sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/*/bin"))
    found: dict[tuple[int, ...], Path] = {}
    for folder in folders:
        for python in sorted(folder.glob("python3.[0-9]*")):
            if python.suffix[1:].isdigit() and (number := version(python)) >= OLDEST:
                found.setdefault(number, python)
    return sorted(found.items())


def look(python: Path) -> None:
    """Read the README with one Python; AssertionError where a command fails or C-1001 does not answer as it should."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="netigate-results-") as folder, SimulatorProcess(customers=20) as netigate:
        fresh_copy(Path(folder))
        ours = without_options(NETIGATE_BASE_URL=netigate.base_url, PORT=str(port), PYTHON=str(python))
        ours.pop("VIRTUAL_ENV", None)
        blanks = {"NETIGATE_API_KEY=…": f"NETIGATE_API_KEY={netigate.key}", ":8000": f":{port}"}
        with Console(Path(folder), ours, blanks) as console:
            console.read("README.md")
        assert SIGN in console.said, "C-1001 does not answer as it should"


def main() -> int:
    found = pythons()
    if not found:
        print("no Python of 3.11 or newer with venv (Debian: apt-get install python3-venv)")
        return 1
    wrong = 0
    for number, python in found[:1] if "--oldest" in sys.argv[1:] else found:
        began = time.monotonic()
        try:
            look(python)
            print(f"{'.'.join(map(str, number))} ({python}): well, {time.monotonic() - began:.0f} s", flush=True)
        except AssertionError as error:
            wrong += 1
            print(f"{'.'.join(map(str, number))} ({python}): WRONG: {error}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
