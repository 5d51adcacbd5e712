"""Builds sdist, wheel and bill of materials into dist/, and runs the wheel from elsewhere.

It is installed alone in an empty environment, with the locks that the sdist brings. Exit status 0 where what was
installed serves the demo, its data files among it, and says what is missing where it has no store.
"""

from __future__ import annotations

import contextlib
import email
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
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


def run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


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


def refused(command: Path, folder: Path) -> list[str]:
    """What is wrong with how it declines to start without Redis and without the extra."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PORT": "0"}
    done = subprocess.run([command, "run"], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    said = done.stderr.strip()
    print(f"without the extra: {said}")
    clear = done.returncode == REFUSED and said.count("\n") == 0 and "REDIS_URL" in said and "embedded" in said
    return [] if clear else [f"without the extra it ends with {done.returncode}: {said}"]


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
        with running(command, folder) as address:
            wrong += [
                f"{route} does not answer as it should" for route, sign in ROUTES if sign not in get(address + route)
            ]
    print("\n".join(f"WRONG: {line}" for line in wrong) or "the wheel runs by itself")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
