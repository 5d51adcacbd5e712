"""Builds sdist, wheel and bill of materials into dist/, and runs the wheel from elsewhere.

It is installed alone in an empty environment, with the locks that the sdist brings. Exit status 0 where what was
installed serves the demo, its data files among it, and says what is missing where it has no store.
"""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.harness import http
from tests.harness.processes import ROOT, await_said, process, run

READY = re.compile(r"^Ready at (http://\S+)", re.MULTILINE)
EXTRAS = ("embedded", "granian", "otel")
MIN_URLS = 4
REFUSED = 2
# What data files serve: a lexicon and a script of Redis (a score), a template, a page's script, a package's own file.
ROUTES = (
    ("/v1/customers/C-1001/satisfaction", '"very_dissatisfied"'),
    ("/openapi.yaml", "openapi: 3"),
    ("/docs", "swagger-ui-bundle.js"),
    ("/docs/swagger-ui.css", "swagger-ui"),
    ("/embed.js", "netigate-satisfaction"),
    ("/metrics", "netigate_results_build_info"),
)


def build(folder: Path) -> tuple[Path, Path]:
    """The source archive, and the wheel made from it."""
    shutil.rmtree(folder, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    (archive,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return archive, wheel


def unpacked(archive: Path, folder: Path) -> Path:
    shutil.unpack_archive(archive, folder)
    (root,) = folder.iterdir()
    return root


def install(wheel: Path, folder: Path, locks: Path, *names: str) -> Path:
    """The environment's folder of commands: the wheel with the packages of some locks."""
    run(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(*pip, "--require-hashes", *(part for name in names for part in ("-r", locks / f"{name}.txt")))
    run(*pip, wheel)
    run(folder / "bin" / "pip", "check")
    return folder / "bin"


def metadata(wheel: Path) -> list[str]:
    """What is wrong with what the wheel says of itself."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (file,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(packed.read(file))
    wrong = [] if "service/py.typed" in names else ["py.typed is not in the wheel"]
    if len(told.get_all("Project-URL", [])) < MIN_URLS:
        wrong.append("the wheel names no project URLs")
    if set(told.get_all("Provides-Extra", [])) != set(EXTRAS):
        wrong.append(f"the wheel's extras are not {', '.join(EXTRAS)}")
    return wrong


def bill(commands: Path, wheel: Path) -> list[str]:
    """Write the bill of materials of an environment beside the wheel; what is wrong with it."""
    out = wheel.with_name(wheel.name.removesuffix("-py3-none-any.whl") + ".cdx.json")
    run(commands / "pip", "uninstall", "--quiet", "--yes", "pip")
    maker = (sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", ROOT / "pyproject.toml")
    run(*maker, "--output-reproducible", "-o", out, commands / "python")
    found = {
        component["name"].lower().replace("_", "-") for component in json.loads(out.read_text("utf-8"))["components"]
    }
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "run.txt").read_text("utf-8"), re.MULTILINE))
    missing = {name for name in locked - found if name != "async-timeout"}  # for Python before 3.11.3
    print(f"{out.relative_to(ROOT)}: {len(found)} components")
    return [f"the bill of materials lacks {sorted(missing)}"] if missing else []


def bare_environment(folder: Path) -> dict[str, str]:
    """Nothing of the checkout's."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PORT": "0", "PYTHONUNBUFFERED": "1"}


def refused(command: Path, folder: Path) -> list[str]:
    """What is wrong with how it declines to start without Redis and without the extra."""
    done = subprocess.run(
        [command, "run"], cwd=folder, env=bare_environment(folder), capture_output=True, text=True, check=False
    )
    said = done.stderr.strip()
    print(f"without the extra: {said}")
    clear = done.returncode == REFUSED and said.count("\n") == 0 and "REDIS_URL" in said and "embedded" in said
    return [] if clear else [f"without the extra it ends with {done.returncode}: {said}"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="netigate-results-release-") as scratch:
        folder = Path(scratch)
        archive, wheel = build(ROOT / "dist")
        for made in (archive, wheel):
            print(f"built {made.relative_to(ROOT)}, {made.stat().st_size // 1024} kB")
        locks = unpacked(archive, folder / "source") / "requirements"
        bare = install(wheel, folder / "bare", locks, "run")
        wrong = metadata(wheel) + refused(bare / "netigate-results", folder) + bill(bare, wheel)
        commands = install(wheel, folder / "env", locks, "run", *EXTRAS)
        command = commands / "netigate-results"
        print(f"installed: {run(command, '--version').strip()}")
        if run(command, "openapi") != (ROOT / "openapi.yaml").read_text("utf-8"):
            wrong.append("the wheel's contract is not the one checked in")
        with process([command, "run"], bare_environment(folder), cwd=folder, stdout=subprocess.PIPE) as demo:
            ready = await_said(demo, READY)
            print(ready.string)
            http.await_swept(ready[1])
            wrong += [
                f"{route} does not answer as it should"
                for route, sign in ROUTES
                if sign not in http.get(ready[1] + route, "demo").text
            ]
    print("\n".join(f"WRONG: {line}" for line in wrong) or "the wheel runs by itself")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
