"""The whole service in processes of its own, as an operator starts it."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import quote

import requests

from tests.harness import http
from tests.harness.processes import (
    ROOT,
    START_SECONDS,
    await_said,
    descendants,
    environment,
    free_port,
    parent,
    start,
    stop,
)
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.simulator import Simulator

CLI = (sys.executable, "-m", "service.cli")
KEYS = {"full": "results+comments+changes", "plain": "results", "feed": "changes"}
_HAND_ON = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""
WEB = ("gunicorn", "granian_server")  # in the command line of a web server and of its workers
_READY = re.compile(r"^Ready at (http://\S+)", re.MULTILINE)


def api_keys(callers: Mapping[str, str] = KEYS) -> str:
    """API_KEYS for callers with these scopes; each caller's key is its name."""
    return ",".join(f"{name}:{hashlib.sha256(name.encode()).hexdigest()}:{scopes}" for name, scopes in callers.items())


def account(netigate: Simulator, **more: str) -> dict[str, str]:
    """The options for a service whose account is this simulator."""
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


def cli(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    """One of the service's commands, run to its end with these options."""
    return subprocess.run(
        [*CLI, *arguments],
        env=environment(**options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


class Service:
    """`with Service(PORT="0", …) as service:` starts `netigate-results run` and always ends it."""

    usual: ClassVar[dict[str, str]] = {"PORT": "0", "WEB_CONCURRENCY": "2", "WEB_THREADS": "4"}

    def __init__(self, command: str = "run", **options: str) -> None:
        self.options = {**self.usual, **options}
        self._command = command
        self._session = http.session()
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
        command: list[object] = [*CLI, self._command]
        passed: tuple[int, ...] = ()
        if self.held is not None:  # passed in descriptor 3, as a service manager does
            passed = (self.held,)
            command = [sys.executable, "-c", _HAND_ON, self.held, *command]
        self.process = start(
            command,
            environment(**self.options, PYTHONUNBUFFERED="1"),
            pass_fds=passed,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        try:
            self._await_ready()
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def _await_ready(self) -> None:
        found = await_said(self.process, _READY)
        self.said, self.url = found.string, found[1]
        until(self._is_whole, what="a sweep of every survey")

    def _is_whole(self) -> bool:
        """Whether each survey's answers are all there. It is ready without some, where their sweeps take long."""
        reply = self.get("/v1/surveys", "full" if "NETIGATE_API_KEY" in self.options else "demo")
        ages = [survey["freshness"] for survey in reply.json()["surveys"]] if reply.ok else []
        return bool(ages) and all("held" in age or (age["as_of"] and age["state"] != "backfilling") for age in ages)

    def stop(self) -> int:
        """End it as an operator does; kill it if it does not end. Returns its exit status."""
        stop(self.process)
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

    def pids(self, *parts: str) -> list[int]:
        """The ids of its processes whose command line holds one of these, ascending."""
        return sorted(pid for pid, command in self.children.items() if any(part in command for part in parts))

    @property
    def web_servers(self) -> list[int]:
        """The process above the web workers; none while a dead one is not yet replaced (its workers may still run)."""
        return [pid for pid in self.pids(*WEB) if parent(pid) == self.process.pid]

    @property
    def web_workers(self) -> list[int]:
        return [pid for pid in self.pids(*WEB) if parent(pid) != self.process.pid]

    def get(self, path: str, key: str | None = "full", **headers: str) -> requests.Response:
        return http.get(self.url + path, key, by=self._session, **headers)

    def summary(self, customer: str, key: str = "full") -> dict[str, Any]:
        reply = self.get(f"/v1/customers/{quote(customer, safe='')}/satisfaction", key)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def await_summary(self, customer: str, **wanted: Any) -> dict[str, Any]:
        """The summary once it has these values."""

        def found() -> dict[str, Any] | None:
            document = self.summary(customer)
            return document if wanted.items() <= document.items() else None

        return until(found, what=f"the summary with {wanted}")

    def await_sweep(self, times: int = 1) -> None:
        """Return once every survey has had so many sweeps, each begun after this call and after the one before."""
        since = time.time()
        for _ in range(times):
            since = until(lambda since=since: self._swept(since), what="a whole sweep of every survey", every=0.1)

    def _swept(self, since: float) -> float | None:
        """When the newest sweep began, if each survey has one that began after a moment."""
        try:
            reply = self.get("/v1/surveys")
        except requests.RequestException:  # a web process was killed
            return None
        begun = [_unix(one["freshness"]["as_of"]) for one in reply.json()["surveys"]] if reply.ok else [0.0]
        return max(begun) if min(begun) > since else None


class Unready(Service):
    """A service that counts as started once /healthz answers, even if no sweep ever ends."""

    def __init__(self, command: str = "run", **options: str) -> None:
        super().__init__(command, **{"PORT": str(free_port()), **options})

    def _await_ready(self) -> None:
        self.url = f"http://127.0.0.1:{self.options['PORT']}"
        until(self._lives, seconds=START_SECONDS, what="a service that lives")

    def _lives(self) -> bool:
        assert self.process.poll() is None, f"it ended with {self.process.returncode}"
        return http.answers(f"{self.url}/healthz")


def _unix(moment: str | None) -> float:
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0
