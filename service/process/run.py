"""`netigate-results run` and `web`: the service with everything it needs on one machine, or its HTTP side alone."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from service.observability.metric_table import FIGURES_DIR, FIGURES_PREFIX
from service.options import settings
from service.options.environment import FILE_SUFFIX
from service.process import aof_repair, demo, scratch, web_server
from service.process import embedded_server as embedded
from service.process.listening import answers, listen
from service.process.supervisor import Child, StartError, Supervisor, lock, python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from service.options.settings import Settings
    from service.process.listening import Listener

DEMO_PREFIX = "netigate-results-demo-"
OLD_SERVER_ENDS_WITHIN = 10.0  # seconds; it may still be saving its data
QUEUE_EMPTIES_WITHIN = 0.3  # seconds; connections in the queue are accepted in milliseconds


def run(say: Callable[[str], None], *, accept_label: bool = False) -> int:
    """Run all until told to end; returns the exit status. Raises SettingsError, StartError while nothing runs yet."""
    with contextlib.ExitStack() as stack:
        demo_children: list[Child] = []
        if not settings.text("NETIGATE_API_KEY"):
            simulator, additions = demo.simulator(os.environ)
            demo_children = [simulator]
            os.environ.update(additions)
            for name in additions:
                os.environ.pop(f"{name}{FILE_SUFFIX}", None)
        environment = dict(os.environ)
        options = settings.load(needed=("NETIGATE_API_KEY",))
        listener = stack.enter_context(_listen(options))
        store_children = []
        if options.redis_url is None:
            server, environment["REDIS_URL"] = stack.enter_context(_embedded(environment, options, say))
            store_children = [server]
        worker = python("service.cli", "worker", *(["--yes"] if accept_label else []))
        sweeper = Child("sweeper", worker, environment, restarts=True)
        alerts = [Child("alerts", python("service.cli", "alerts"), environment, restarts=True)]
        others = [sweeper, *(alerts if options.alert_urls else [])]
        return _serve([*store_children, *demo_children, *others], environment, listener, options, say)


def web(say: Callable[[str], None]) -> int:
    """Serve HTTP alone until told to end. Returns and raises as `run` does."""
    options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    with _listen(options) as listener:
        return _serve([], dict(os.environ), listener, options, say)


def _listen(options: Settings) -> Listener:
    """The demo listens on this machine alone unless HOST is set, and takes no socket from a service manager."""
    host = options.host or ("127.0.0.1" if options.demo else "0.0.0.0")
    return listen(host, options.port, handed=not options.demo)


def _serve(
    others: Sequence[Child],
    environment: dict[str, str],
    listener: Listener,
    options: Settings,
    say: Callable[[str], None],
) -> int:
    """Run the web server after the other children until told to end; then drain it."""
    with scratch.folder(FIGURES_PREFIX) as figures:
        mark = figures / "draining"
        environment |= {FIGURES_DIR: str(figures), settings.DRAIN_MARK: str(mark)}
        command = web_server.command(listener.descriptor, options, say)
        server = Child("web", command, environment, pass_fds=(listener.descriptor,), reload=signal.SIGHUP)

        def drain(hurry: threading.Event) -> None:
            """Have /readyz say that we end; after DRAIN_SECONDS accept only connections that have begun already."""
            mark.touch()
            hurry.wait(options.drain_seconds)
            if listener.ignore_new():
                time.sleep(QUEUE_EMPTIES_WITHIN)
                # By then the web server has been told to end, and accepts no more.
                threading.Timer(QUEUE_EMPTIES_WITHIN, listener.refuse_new).start()

        supervisor = Supervisor([*others, server], say, objection=_objection, drain=drain)
        return supervisor.run(lambda: _announce(listener, options, say))


def _objection() -> str | None:
    """Why not to reload: the web server may end its old processes although new ones cannot start with these options."""
    try:
        settings.load(needed=("NETIGATE_API_KEY",))
    except settings.SettingsError as error:
        return str(error)
    return None


@contextlib.contextmanager
def _embedded(
    environment: dict[str, str], options: Settings, say: Callable[[str], None]
) -> Iterator[tuple[Child, str]]:
    """The embedded server as a child, and its address. The demo keeps nothing."""
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(scratch.folder(DEMO_PREFIX)) if options.demo else options.data_dir.resolve()
        descriptor = lock(directory)
        stack.callback(os.close, descriptor)
        path = embedded.make_folder(directory)
        _await_end_of_old(path)
        embedded.log_file(directory).unlink(missing_ok=True)
        if done := aof_repair.prepare(directory):
            say(done)
        server = Child(
            "store",
            embedded.argv(directory, path, keep=not options.demo),
            environment,
            ready=lambda: embedded.answers(path),
            mend=lambda: aof_repair.mend(directory),
            why=lambda: embedded.last_word(directory),
        )
        yield server, embedded.url(path)


def _await_end_of_old(path: Path) -> None:
    """Wait for the server of a killed service, which may still be saving: two servers would damage the directory."""
    deadline = time.monotonic() + OLD_SERVER_ENDS_WITHIN
    while embedded.answers(path):
        if time.monotonic() > deadline:
            raise StartError("DATA_DIR is still in use by a server of an earlier run")
        time.sleep(0.1)


def _announce(listener: Listener, options: Settings, say: Callable[[str], None]) -> bool:
    if not answers(listener.target, "/readyz"):
        return False
    where = listener.address
    lines = [f"Ready at {where}  (health: {where}/readyz · contract: {where}/openapi.yaml)"]
    if options.demo:
        lines.append(f"The card in all its states: {where}/demo")
        if options.mcp:
            lines.append(f"For assistants (MCP): {where}/mcp")
        lines.append(f"Try: curl -H 'Authorization: Bearer {demo.KEY}' {where}/v1/customers/C-1001/satisfaction")
    say("\n".join(lines))  # in one piece: a reader that waits for the first line gets them all
    return True
