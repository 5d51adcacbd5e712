"""Pins what `pyproject.toml` and `requirements/*.in` ask for, with hashes, for every promised Python at once.

Each lock file names its packages with all that they need, so installing one resolves nothing:

- `run.txt`: the service without extras.
- one for each extra in `pyproject.toml`: the extra, pinned as in `run.txt` where both need a package.
- `build.txt`, `dev.txt`, `bench.txt`: to build it, to test it, to set other libraries beside it.

Run by `make lock` with uv, which is needed for nothing else. No lock names a registry's address.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = Path(sys.executable).with_name("uv")
HEADER = "# Made by `make lock`.\n"


def compiled(source: str, name: str, *, known: list[str], asked: str = "") -> None:
    """Write one lock file. `source` is a file, or `-` for what `asked` says; `known` are locks to agree with."""
    out = LOCKS / f"{name}.txt"
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"].lstrip(">=")
    command = [UV, "pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes", "--no-header"]
    command += ["--python-version", lowest, "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", source]
    command += [part for lock in known for part in ("--constraints", f"requirements/{lock}.txt")]
    done = subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    out.write_text(HEADER + done.stdout, "utf-8")
    print(f"requirements/{out.name}")


def main() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    compiled("pyproject.toml", "run", known=[])
    for name, wanted in extras.items():
        compiled("-", name, known=["run"], asked="\n".join(wanted))
    compiled("requirements/build.in", "build", known=["run"])
    compiled("requirements/dev.in", "dev", known=["run", *extras, "build"])
    compiled("requirements/bench.in", "bench", known=["run", "granian"])


if __name__ == "__main__":
    main()
