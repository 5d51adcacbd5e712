"""The whole service in processes of its own, as an operator starts it."""

from __future__ import annotations

import hashlib
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import requests

from service.crm.options import CRM_OPTIONS
from service.options.option_table import OPTIONS
from service.options.settings import DEMO_MARK
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.simulator import Simulator

ROOT = Path(__file__).parents[2]
KEYS = {"full": "results+comments+changes", "plain": "results", "feed": "changes"}
START_SECONDS = 60.0
STOP_SECONDS = 25.0
_HAND_ON = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""
_READY = re.compile(r"^Ready at (http://\S+)", re.MULTILINE)


def api_keys() -> str:
    """API_KEYS for callers whose key is their name."""
    return ",".join(f"{name}:{hashlib.sha256(name.encode()).hexdigest()}:{scopes}" for name, scopes in KEYS.items())


def account(netigate: Simulator, **more: str) -> dict[str, str]:
    """The options by which a simulator is an account."""
    return {
        "NETIGATE_API_KEY": netigate.key,
        "NETIGATE_BASE_URL": netigate.base_url,
        "NETIGATE_SURVEYS": "4711,4712,4713",
        "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
        "NETIGATE_CONTACT_LABEL": "Kontakt-ID",
        "SWEEP_INTERVAL_SECONDS": "1",
        "API_KEYS": api_keys(),
        **more,
    }


def environment(**options: str) -> dict[str, str]:
    """This process's, with none of the service's own options but these; empty, so that no .env file fills them in."""
    ours = {*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS), DEMO_MARK}
    return os.environ | dict.fromkeys(ours, "") | options


def descendants(pid: int) -> dict[int, str]:
    """Every process under a process, with its command line."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            names[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(entry.name)] = int(fields[1])
    found: dict[int, str] = {}
    grown = True
    while grown:
        more = {p: names[p] for p, parent in parents.items() if parent in {pid, *found} and p not in found}
        grown = bool(more)
        found |= more
    return found


def serves(command: str) -> bool:
    """Whether a command line is a web server's, or one of its workers'."""
    return "gunicorn" in command or "granian_server" in command


def running(pids: set[int]) -> set[int]:
    """Those that are still there, zombies not counted."""
    left = set()
    for pid in pids:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                left.add(pid)
        except OSError:
            continue
    return left


class Service:
    """`with Service(PORT="0", …) as service:` starts `netigate-results run` and surely ends it."""

    usual: ClassVar[dict[str, str]] = {"PORT": "0", "WEB_CONCURRENCY": "2", "WEB_THREADS": "4"}

    def __init__(self, command: str = "run", **options: str) -> None:
        self.options = {**self.usual, **options}
        self._command = command
        self._session = requests.Session()
        self._session.trust_env = False
        self.url = ""
        self.said = ""
        self.held: int | None = None

    def __enter__(self) -> Self:
        self._scratch = tempfile.TemporaryDirectory(prefix="nr-")
        self.options.setdefault("DATA_DIR", str(Path(self._scratch.name) / "data"))
        self._errors = (Path(self._scratch.name) / "stderr").open("wb+")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()
        try:
            self.stop()
        finally:
            self._errors.close()
            self._scratch.cleanup()

    def start(self) -> None:
        """Start it; returns when it says that it is ready."""
        command = [sys.executable, "-m", "service.cli", self._command]
        passed: tuple[int, ...] = ()
        if self.held is not None:  # as a service manager hands its socket on, in descriptor 3
            passed = (self.held,)
            command = [sys.executable, "-c", _HAND_ON, str(self.held), *command]
        self.process = subprocess.Popen(
            command,
            pass_fds=passed,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment(**self.options, PYTHONUNBUFFERED="1"),
            cwd=ROOT,
        )
        self.said = ""
        self.url = until(self._address, seconds=START_SECONDS, what="the service's ready line", every=0.0)

    def _address(self) -> str | None:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if selector.select(0.5):
                self.said += os.read(self.process.stdout.fileno(), 65536).decode()
        assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.said}{self.logs()}"
        found = _READY.search(self.said)
        return found[1] if found else None

    def stop(self) -> int:
        """End it as an operator does, by force where it does not; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process.stdout and not self.process.stdout.closed:
            self.said += self.process.stdout.read().decode()
            self.process.stdout.close()
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def logs(self) -> str:
        self._errors.flush()
        return Path(self._errors.name).read_text(errors="replace")

    @property
    def children(self) -> dict[int, str]:
        return descendants(self.process.pid)

    def get(self, path: str, key: str | None = "full", **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named["Authorization"] = f"Bearer {key}"
        return self._session.get(self.url + path, headers=named, timeout=20)

    def summary(self, customer: str, key: str = "full") -> dict[str, Any]:
        quoted = requests.utils.quote(customer, safe="")
        reply = self.get(f"/v1/customers/{quoted}/satisfaction", key)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def await_summary(self, customer: str, seconds: float = 15.0, **wanted: Any) -> dict[str, Any]:
        """The summary once it has these values."""

        def found() -> dict[str, Any] | None:
            document = self.summary(customer)
            return document if wanted.items() <= document.items() else None

        return until(found, seconds=seconds, what=f"the summary with {wanted}")

    def await_sweep(self, seconds: float = 30.0) -> None:
        """Returns once every survey was swept from a start after this call."""
        since = time.time()

        def swept() -> bool:
            surveys = self.get("/v1/surveys").json()["surveys"]
            return all(_unix(survey["freshness"]["as_of"]) > since for survey in surveys)

        until(swept, seconds=seconds, what="a whole sweep of every survey", every=0.1)


def _unix(moment: str | None) -> float:
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0
