"""Builds the image of `Containerfile` and runs it, without a registry of images and without a container engine.

The base is a small Debian of mmdebstrap's, the builder is buildah with chroot isolation, packages come from a folder
of wheels. Web and worker run as the image says, over a Valkey and a stand-in Netigate of this machine. A root that
cannot be written is what an engine adds; here it is seen that the image's user can write nothing but scratch.

Exit status: 0 all is well, 1 something is wrong, 3 nothing is known, since a tool is missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.tags import platform_tags

from service.widget.texts import load_texts
from tests.harness import http
from tests.harness.processes import ROOT, descendants, free_ports, process, run
from tests.harness.service import account
from tests.harness.simulator import SimulatorProcess
from tests.harness.valkey import valkey
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = 3
SUITE = "trixie"
KEPT = ROOT / ".image" / f"{SUITE}.tar"  # made once
PYTHON = "python3,python3-venv,ca-certificates"
BASE, IMAGE = "localhost/netigate-results-base", "localhost/netigate-results"
EXTRAS = ("granian", "otel")
USER = 10001
SCRATCH = {"/tmp", "/var/tmp", "/run/lock", "/var/lib/netigate-results"}
ENDS_WITHIN = 60.0  # seconds
_PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)
# Run inside: what is installed, and how each card's language writes a date.
INSTALLED = """
import json, importlib.metadata as m
print(json.dumps(sorted(d.metadata["Name"].lower().replace("_", "-") for d in m.distributions())))
"""
DATES = """
import json, datetime
from service.widget.texts import load_texts
at = datetime.datetime(2026, 3, 1, 14, 5, tzinfo=datetime.UTC)
print(json.dumps({lang: [t.date(at), t.month(at), t.clock(at, at), t.ago(7200), t.ago(90000000), t.number(61.7)]
                  for lang, t in load_texts().items()}))
"""


class Builder:
    """buildah with a store of its own in `folder`, so that nothing of this machine's is touched."""

    def __init__(self, folder: Path) -> None:
        self.start = ["buildah", "--root", str(folder / "root"), "--runroot", str(folder / "run")]
        self.start += ["--storage-driver", "vfs"]

    def __call__(self, *arguments: str | Path) -> str:
        return run(*self.start, *arguments).strip()

    def inside(self, container: str, *command: str, **options: str) -> list[str]:
        """The command line that runs something in a container as its image says."""
        given = [part for name, value in options.items() for part in ("--env", f"{name}={value}")]
        return [*self.start, "run", "--isolation", "chroot", *given, container, "--", *command]


def base(builder: Builder) -> str:
    """Make a Debian with Python the base image; its Python's version."""
    if not KEPT.exists():
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        unfinished = KEPT.with_name(f"unfinished-{KEPT.name}")
        run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={PYTHON}", SUITE, unfinished)
        unfinished.rename(KEPT)
    container = builder("from", "scratch")
    builder("add", "--quiet", container, KEPT)
    builder("config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container)
    builder("commit", "--quiet", container, BASE)
    version = run(
        *builder.inside(container, "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2], end='')")
    )
    builder("rm", container)
    return version


def wheelhouse(folder: Path, version: str) -> None:
    """The locked packages as wheels for the base's Python."""
    locks = [part for name in ("build", "run", *EXTRAS) for part in ("--requirement", f"requirements/{name}.txt")]
    platforms = [f"--platform={tag}" for tag in platform_tags()]
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(
        *pip, "--require-hashes", "--only-binary=:all:", f"--python-version={version}", *platforms, "-d", folder, *locks
    )


def build(builder: Builder, wheels: Path) -> str:
    """The image; a container of it."""
    arguments = {"BASE": BASE, "EXTRAS": " ".join(EXTRAS), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}
    given = [part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")]
    offline = ("--isolation", "chroot", "--pull-never", "--volume", f"{wheels}:/wheels:ro")
    builder("build", "--quiet", *offline, *given, "--file", "Containerfile", "--tag", IMAGE, ".")
    return builder("from", IMAGE)


def locked() -> set[str]:
    found = {"netigate-results"}
    for name in ("run", *EXTRAS):
        found |= {pin.lower() for pin in _PIN.findall((ROOT / "requirements" / f"{name}.txt").read_text("utf-8"))}
    return found - {"async-timeout"}  # for Python before 3.11.3


def contents(builder: Builder, container: str) -> list[str]:
    """What is wrong with what is in the image."""
    wrong = []
    python = "/opt/netigate-results/bin/python"
    installed = set(json.loads(run(*builder.inside(container, python, "-c", INSTALLED))))
    if installed != locked():
        wrong.append(f"not what the locks name: {sorted(installed ^ locked())}")
    here, there = (json.loads(run(*command)) for command in (
        [sys.executable, "-c", DATES], builder.inside(container, python, "-c", DATES),
    ))  # fmt: skip
    wrong += [
        f"dates in {lang} are {there[lang]} and not {here[lang]}" for lang in load_texts() if there[lang] != here[lang]
    ]
    if run(*builder.inside(container, "id", "-u")).strip() != str(USER):
        wrong.append("it does not run as its own user")
    writable = run(
        *builder.inside(container, "sh", "-c", "find / -xdev -writable ! -type l ! -path '/proc/*' 2>/dev/null || true")
    )
    if more := set(writable.split()) - SCRATCH:
        wrong.append(f"its user can write {sorted(more)}")
    return wrong


@contextlib.contextmanager
def contained(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out, process(command, stdout=out, stderr=subprocess.STDOUT) as child:
        try:
            yield child
        finally:
            for pid in (*descendants(child.pid), child.pid):  # what runs inside does not end with the builder
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def end(child: subprocess.Popen[bytes]) -> int:
    """End what runs in the container as an engine does, with SIGTERM to its first process; its exit status."""
    ours = [pid for pid, name in descendants(child.pid).items() if name.startswith("/opt/netigate-results/")]
    os.kill(min(ours), signal.SIGTERM)
    return child.wait(ENDS_WITHIN)


def serving(builder: Builder, container: str, folder: Path) -> list[str]:
    """What is wrong with how web and worker run: one answer read, then both told to end."""
    wrong = []
    web, port = free_ports(2)
    config = json.loads(builder("inspect", container))["OCIv1"]["config"]
    with valkey(port) as store, SimulatorProcess(customers=20) as netigate, contextlib.ExitStack() as stack:
        options = account(netigate, REDIS_URL=store.url, PORT=str(web))
        commands = {"web": config["Cmd"], "worker": ["worker"]}
        children = {}
        for name, command in commands.items():
            line = builder.inside(container, *config["Entrypoint"], *command, **options)
            children[name] = stack.enter_context(contained(line, folder / f"{name}.log"))

        try:
            until(lambda: http.answers(f"http://127.0.0.1:{web}/readyz"), what="a ready service")
            http.await_swept(f"http://127.0.0.1:{web}")
            summary = http.get(f"http://127.0.0.1:{web}/v1/customers/C-1001/satisfaction", "full").json()
            if summary.get("band") != "very_dissatisfied":
                wrong.append(f"C-1001 reads {summary}")
            wrong += [f"{name} ended with {status}" for name, child in children.items() if (status := end(child))]
        except (AssertionError, subprocess.TimeoutExpired) as error:
            logs = "\n".join((folder / f"{name}.log").read_text("utf-8")[-2000:] for name in commands)
            wrong.append(f"{error}\n{logs}")
    return wrong


def main() -> int:
    missing = [tool for tool in ("mmdebstrap", "buildah") if not shutil.which(tool)]
    if missing:
        print(f"NOT CHECKED: {' and '.join(missing)} missing: apt-get install {' '.join(missing)} (Debian's packages)")
        return UNKNOWN
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="netigate-results-image-") as scratch:
        folder = Path(scratch)
        builder = Builder(folder)
        version = base(builder)
        print(f"base: Debian {SUITE}, Python {version}")
        wheelhouse(folder / "wheels", version)
        began = time.monotonic()
        container = build(builder, folder / "wheels")
        size = sum(
            path.lstat().st_size for path in Path(builder("mount", container)).rglob("*") if not path.is_symlink()
        )
        print(f"built in {time.monotonic() - began:.0f} s, {size / 1e6:.0f} MB with the base")
        wrong = contents(builder, container) or serving(builder, container, folder)
    took = time.monotonic() - started
    print(
        "\n".join(f"WRONG: {line}" for line in wrong)
        or f"the image is well: web and worker served C-1001 ({took:.0f} s)"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
