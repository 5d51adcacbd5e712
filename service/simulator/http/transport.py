"""The HTTP server: a thread for each connection, kept alive as IIS does, with faults down to the TCP level.

Werkzeug's own server closes every connection and cannot hang up on a client, so it would not
exercise a client's connection pool.
"""

from __future__ import annotations

import socket
import socketserver
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final, NoReturn

from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.simulator.constants import BASE_PATH
from service.simulator.http.fault_replies import Delivery, Reply, early, spoil

if TYPE_CHECKING:
    from flask import Flask

    from service.simulator.http.faults import FaultBook
    from service.simulator.http.journal import Journal

_IDLE_SECONDS: Final = 60
_DRIPS: Final = 50
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Server(socketserver.ThreadingTCPServer):
    """Serves a Flask app on one address until shut down."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], app: Flask, faults: FaultBook, journal: Journal) -> None:
        self.app = app
        self.faults = faults
        self.journal = journal
        super().__init__(address, Handler)

    @property
    def base_url(self) -> str:
        host, port = self.socket.getsockname()[:2]
        return f"http://{host}:{port}{BASE_PATH}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  (as inherited)
        """Ignore a client that hung up; report anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = _IDLE_SECONDS

    def handle_any(self) -> None:
        """Answer one request, of any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith(BASE_PATH):
            self._send(self._ask(body))
            return
        entry = self.server.journal.enter(self.command, self.path)
        status = None
        try:
            faults = self.server.faults.take(self.path.removeprefix(BASE_PATH))
            reply = spoil(early(faults) or self._ask(body), faults)
            self._send(reply)
            status = reply.status or None
        finally:
            self.server.journal.leave(entry, status)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = handle_any  # noqa: N815  (the base class's names)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  (as inherited)
        """Say nothing: the journal remembers, and standard output is for the address."""

    def _ask(self, body: bytes) -> Reply:
        answered, status, headers = run_wsgi_app(self.server.app.wsgi_app, self._environ(body), buffered=True)
        return Reply(int(status.split()[0]), b"".join(answered), headers.get("Content-Type", ""))

    def _environ(self, body: bytes) -> dict[str, Any]:
        asked = EnvironBuilder(
            self.path,
            method=self.command,
            headers=self.headers.items(),
            data=body,
            multithread=True,
            environ_overrides={"REMOTE_ADDR": self.client_address[0]},
        )
        return asked.get_environ()

    def _send(self, reply: Reply) -> None:
        if reply.delivery in {Delivery.HANG_UP, Delivery.RESET}:
            self._hang_up(reset=reply.delivery is Delivery.RESET)
        self.send_response(reply.status)
        for name, value in (("Content-Type", reply.content_type), *reply.headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.delivery is Delivery.DRIP:
            self._drip(reply)
        elif reply.delivery is Delivery.CUT:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(reply.body)

    def _drip(self, reply: Reply) -> None:
        step = max(1, -(-len(reply.body) // _DRIPS))
        for start in range(0, len(reply.body), step):
            self.wfile.flush()
            time.sleep(reply.drip_seconds / _DRIPS)
            self.wfile.write(reply.body[start : start + step])

    def _hang_up(self, *, reset: bool) -> NoReturn:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            for held in (self.rfile, self.wfile, self.connection):  # the descriptor is open while any of them is
                held.close()
        raise ConnectionAbortedError
