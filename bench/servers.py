"""Web servers of what is measured, each started as its documentation says; ours as `run` does it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bench.processes import BENCH_PYTHON, KEY, THREADS, WORKERS, Web, started
from service.process import web_server
from tests.harness.processes import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

GRANIAN: Final = web_server.GRANIAN
GUNICORN: Final = web_server.GUNICORN
UVICORN: Final = "uvicorn"
NGINX: Final = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
BACKLOG = 2048
NGINX_CONF = Path(__file__).with_name("contenders") / "nginx.conf"
COMMANDS: Final = {
    GRANIAN: (
        "--interface=wsgi", "--host=127.0.0.1", "--port={port}", f"--workers={WORKERS}",
        f"--blocking-threads={THREADS}", "--http=1", "--no-ws", "--log-level=warning", f"--backlog={BACKLOG}",
    ),
    GUNICORN: (
        "--worker-class=gthread", "--bind=127.0.0.1:{port}", f"--workers={WORKERS}", f"--threads={THREADS}",
        "--keep-alive=30", "--no-control-socket",
    ),
    UVICORN: (
        "--host=127.0.0.1", "--port={port}", f"--workers={WORKERS}", "--loop=uvloop", "--http=httptools",
        "--no-access-log", "--log-level=warning",
    ),
}  # fmt: skip


@contextlib.contextmanager
def contender(target: str, server: str, **env: str) -> Iterator[Web]:
    """A contender's application, in the virtual environment made for contenders."""
    port = free_port()
    options = [part.format(port=port) for part in COMMANDS[server]]
    with started([str(BENCH_PYTHON), "-m", server, *options, target], port, BENCH_KEY=KEY, **env) as web:
        yield web


@contextlib.contextmanager
def nginx(upstream: Web) -> Iterator[Web]:
    """nginx as a cache that repeats what the upstream answered once."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="nr-bench-") as folder:
        Path(folder).chmod(0o755)  # if we are root, its workers run as another user
        conf = Path(folder) / "nginx.conf"
        filled = NGINX_CONF.read_text("utf-8").format(
            folder=folder, port=port, upstream=urlsplit(upstream.address).netloc
        )
        conf.write_text(filled, "utf-8")
        with started([NGINX, "-p", folder, "-c", str(conf)], port) as web:
            yield web
