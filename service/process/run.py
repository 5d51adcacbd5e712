"""`netigate-results run`: the main job with everything it needs, on one machine."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from service.observability.metric_table import FIGURES_DIR, FIGURES_PREFIX
from service.options import settings
from service.process import demo
from service.process import embedded_server as embedded
from service.process.supervisor import Child, StartError, Supervisor, answers, listen, lock, python

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from service.options.settings import Settings

EVERYWHERE = "0.0.0.0"
OLD_SERVER_ENDS_WITHIN = 10.0  # seconds; it saves what it holds


def run(say: Callable[[str], None]) -> int:
    """Run until told to end; the exit status. Raises SettingsError, StartError before anything is started."""
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        demo_children: list[Child] = []
        is_demo = not os.environ.get("NETIGATE_API_KEY", "").strip()
        if is_demo:
            simulator, additions = demo.simulator(environment)
            environment |= additions
            os.environ.update(additions)
            demo_children = [simulator]
        options = settings.load(needed=("NETIGATE_API_KEY",))
        environment[FIGURES_DIR] = stack.enter_context(tempfile.TemporaryDirectory(prefix=FIGURES_PREFIX))
        listener = stack.enter_context(_listen(options))
        store_children = []
        if options.redis_url is None:
            server, environment["REDIS_URL"] = stack.enter_context(_embedded(environment, options))
            store_children = [server]
        children = [*store_children, *demo_children, *_own(environment, listener, options)]
        port = int(listener.getsockname()[1])
        return Supervisor(children, say).run(lambda: _announce(port, options, say))


def _listen(options: Settings) -> socket.socket:
    """The demo is this machine's own, whatever a service manager holds."""
    return listen("127.0.0.1" if options.demo else EVERYWHERE, options.port, handed=not options.demo)


def _own(environment: dict[str, str], listener: socket.socket, options: Settings) -> list[Child]:
    descriptor = listener.fileno()
    return [
        Child("sweeper", python("service.cli", "worker"), environment),
        Child("web", gunicorn(f"fd://{descriptor}", options), environment, pass_fds=(descriptor,)),
    ]


def gunicorn(bind: str, options: Settings) -> list[str]:
    """Gunicorn's command line."""
    return [
        *python("gunicorn"),
        "--worker-class=gthread",
        f"--workers={options.web_concurrency}",
        f"--threads={options.web_threads}",
        f"--bind={bind}",
        "--no-control-socket",
        "--graceful-timeout=10",
        "--keep-alive=30",
        "--config=python:service.process.gunicorn_conf",
        "service.wsgi:app",
    ]


@contextlib.contextmanager
def _embedded(environment: dict[str, str], options: Settings) -> Iterator[tuple[Child, str]]:
    """The embedded server as a child, and its address. The demo keeps nothing."""
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="netigate-results-")))
        directory = scratch if options.demo else options.data_dir.resolve()
        descriptor = lock(directory)
        stack.callback(os.close, descriptor)
        path = embedded.socket_path(directory)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _await_end_of_old(path)
        argv = embedded.argv(directory, path, keep=not options.demo)
        yield Child("store", argv, environment, ready=lambda: embedded.answers(path)), embedded.url(path)


def _await_end_of_old(path: Path) -> None:
    """A killed service's server may still be saving; two servers on one directory would spoil it."""
    deadline = time.monotonic() + OLD_SERVER_ENDS_WITHIN
    while embedded.answers(path):
        if time.monotonic() > deadline:
            raise StartError("DATA_DIR is still in use by a server of an earlier run")
        time.sleep(0.1)


def _announce(port: int, options: Settings, say: Callable[[str], None]) -> bool:
    if not answers(port, "/readyz"):
        return False
    address = f"http://127.0.0.1:{port}"
    lines = [f"Ready at {address}  (health: {address}/readyz · contract: {address}/openapi.yaml)"]
    if options.demo:
        lines.append(f"The card in all its states: {address}/demo")
        if options.mcp:
            lines.append(f"For assistants (MCP): {address}/mcp")
        lines.append(f"Try: curl -H 'Authorization: Bearer {demo.KEY}' {address}/v1/customers/C-1001/satisfaction")
    say("\n".join(lines))  # in one piece: who waits for the first line has them all
    return True
