"""Starts what is measured, each in processes of its own on loopback, and always ends it."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from service.process import web_server
from tests.harness import http
from tests.harness import processes as children
from tests.harness import valkey as servers
from tests.harness.processes import ROOT, process
from tests.harness.waiting import until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence

BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
KEY = "bench"
SURVEY = 4711
# Of every contender. The machine has two cores, which also make the load.
WORKERS, THREADS = 2, 8
BAD_GATEWAY = 502  # nginx answers and the server behind it does not
OPTIONS_OF_OURS = {
    "NETIGATE_API_KEY": "00000000-0000-4000-8000-000000000008",
    "NETIGATE_SURVEYS": str(SURVEY),
    "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
    "NETIGATE_CONTACT_LABEL": "Kontakt-ID",
    "API_KEYS": f"bench:{hashlib.sha256(KEY.encode()).hexdigest()}:results+comments+changes",
    # On, so that its cost counts, but never reached.
    "RATE_LIMIT": "10000000",
    # Nothing is swept while reads are measured, and answers must not become stale by that.
    "FRESH_FOR_SECONDS": "604800",
    "WEB_CONCURRENCY": str(WORKERS),
    "WEB_THREADS": str(THREADS),
}


resident, processor = children.resident, children.processor


def environment(**more: str) -> dict[str, str]:
    """This process's environment, with only the given ones of the service's options."""
    return children.without_options(PYTHONPATH=str(ROOT), **more)


@contextlib.contextmanager
def valkey() -> Iterator[tuple[str, int]]:
    """The embedded server as `run` starts it, keeping nothing; its address and its process."""
    with servers.valkey() as node:
        assert node.process is not None
        yield node.url, node.process.pid


class Web:
    """A web server under test."""

    def __init__(self, address: str, pid: int) -> None:
        self.address = address
        self.pid = pid

    @property
    def workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def get(self, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        reply = http.get(self.address + path, KEY, timeout=30, Accept_Encoding="identity", **headers)
        return reply.status_code, reply.headers, reply.content


@contextlib.contextmanager
def started(argv: Sequence[str], port: int, *, fds: Sequence[int] = (), **env: str) -> Iterator[Web]:
    """A web server that listens on this port. Its output goes to a file, which is shown if it ends early."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nr-bench-")))
        figures = folder / "figures"
        figures.mkdir()
        log = stack.enter_context((folder / "log").open("wb"))
        full = environment(PROMETHEUS_MULTIPROC_DIR=str(figures), **env)
        child = stack.enter_context(process(argv, full, stderr=log, pass_fds=fds))
        web = Web(f"http://127.0.0.1:{port}", child.pid)
        until(lambda: _lives(web, child, folder / "log"), seconds=60, what=" ".join(argv[:3]))
        yield web


def _lives(web: Web, child: subprocess.Popen[bytes], log: Path) -> bool:
    if child.poll() is not None:
        raise RuntimeError(f"it ended: {log.read_text()[-2000:]}")
    try:
        return len(web.workers) >= WORKERS and web.get("/healthz")[0] != BAD_GATEWAY
    except OSError:
        return False


@contextlib.contextmanager
def ours(url: str, server: str = web_server.GRANIAN, *, module: str | None = None, **options: str) -> Iterator[Web]:
    """The service's web processes over a store, as `run` starts them. `module` is run in place of granian_server."""
    concurrency = SimpleNamespace(web_concurrency=WORKERS, web_threads=THREADS)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        argv = getattr(web_server, server)(listener.fileno(), concurrency)
        if module:
            argv[argv.index("service.process.granian_server")] = module
        env = {**OPTIONS_OF_OURS, "REDIS_URL": url, **options}
        with started(argv, listener.getsockname()[1], fds=[listener.fileno()], **env) as web:
            yield web
