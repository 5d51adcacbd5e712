"""What gunicorn needs beyond its command line: limits, JSON logs, a reload without a gap."""

from __future__ import annotations

import os
import time
from typing import Any

import orjson
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import message

from service.observability.logs import GUNICORN

logconfig_dict = GUNICORN


class ErrorsOnly(Logger):  # type: ignore[misc]  # untyped in gunicorn
    """gunicorn's log without access lines: with a log configuration, gunicorn would format each one for nothing."""

    def access(self, *_: Any) -> None:  # noqa: ANN401  (gunicorn's)
        return


logger_class = ErrorsOnly
# Headers that a proxy adds are not trusted, not even from this machine: gunicorn would take SCRIPT_NAME from them, and
# a client could so ask for another path than the one that the proxy let through.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# A batch of 100 IDs of 200 characters, percent-encoded, is the longest line that the contract allows. gunicorn caps
# the setting at MAX_REQUEST_LINE, which is therefore raised too; its only other choice is no limit at all.
message.MAX_REQUEST_LINE = limit_request_line = 262_144


def write_problem(client: Any, status: int, reason: str, _message: str) -> None:  # noqa: ANN401  (gunicorn's)
    """Answer what gunicorn itself refuses with a problem document, in place of a page that repeats what was sent."""
    body = orjson.dumps(
        {
            "type": "urn:netigate-results:problem:" + reason.lower().replace(" ", "-"),
            "title": reason,
            "status": status,
            "detail": "The request is not HTTP as this service takes it; see docs/operations.md for its bounds.",
            "request_id": None,
        }
    )
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin-1") + body)


util.write_error = write_problem
limit_request_fields = 64
limit_request_field_size = 8190

BOOT_SECONDS = 15.0  # how long a reload waits for its new workers at most
LOOK = 0.02


def on_reload(server: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Have the old workers go on until the new ones can answer.

    gunicorn ends the old ones as soon as it has forked the new ones, and nobody would answer while these load.
    """
    manage, before = server.manage_workers, set(server.WORKERS)

    def manage_once_they_answer() -> None:
        del server.manage_workers  # an attribute of this one instance, for this one reload
        _await_boot([worker for pid, worker in server.WORKERS.items() if pid not in before])
        manage()

    server.manage_workers = manage_once_they_answer


def _await_boot(workers: list[Any]) -> None:
    """Wait until each worker has died, or has told the master that it lives, which it does once it has loaded."""
    made = {worker.pid: worker.tmp.last_update() for worker in workers}
    deadline = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < deadline:
        if all(worker.tmp.last_update() != made[worker.pid] or _has_died(worker.pid) for worker in workers):
            return
        time.sleep(LOOK)


def _has_died(pid: int) -> bool:
    """Whether a worker has died. It is not reaped: that is the master's work."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def when_ready(server: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Leave a socket file in place: gunicorn would remove it when it ends, although it did not make it."""
    server.systemd = True
