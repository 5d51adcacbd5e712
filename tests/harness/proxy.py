"""A proxy before a server, optionally with TLS or on a Unix socket, that disturbs replies as networks do."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import select
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASS, HOLD, CUT, HALF, DOUBLE = "pass", "hold", "cut", "half", "double"
LOOK = 0.02  # seconds


@dataclass
class Proxy:
    """`mode`: PASS replies on; HOLD them back; CUT one off; give HALF, and the rest after the mode; DOUBLE one."""

    target: int  # a port on loopback
    listener: socket.socket
    tls: ssl.SSLContext | None = None
    mode: str = PASS
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Serve until `end`."""
        while not self._ended.is_set():
            if select.select([self.listener], [], [], LOOK)[0]:
                near, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

        self.listener.close()

    def end(self) -> None:
        self._ended.set()

    def _serve(self, near: socket.socket) -> None:
        # A side that closes its connection, or breaks it, ends the other's too.
        with (
            contextlib.suppress(OSError),
            near,
            socket.create_connection(("127.0.0.1", self.target)) as far,
            self.tls.wrap_socket(near, server_side=True) if self.tls else near as side,
        ):
            self._relay(side, far)

    def _relay(self, near: Any, far: socket.socket) -> None:
        late = b""
        while not self._ended.is_set():
            if late and self.mode != HALF:
                near.sendall(late)
                late = b""
            watched = [near] if self.mode == HOLD or late else [near, far]
            ready = [near] if self.tls and near.pending() else select.select(watched, [], [], LOOK)[0]
            if near in ready:
                asked = near.recv(65536)
                if not asked:
                    return
                far.sendall(asked)
            if far in ready:
                reply = far.recv(65536)
                if not reply:
                    return
                kept = len(reply) // 2 if self.mode in {CUT, HALF} else len(reply)
                if self.mode == DOUBLE:
                    self.mode, reply, kept = PASS, reply * 2, 2 * kept
                near.sendall(reply[:kept])
                late = reply[kept:]
                if self.mode == CUT:
                    return


@contextlib.contextmanager
def proxy(target: int, *, tls: ssl.SSLContext | None = None, path: Path | None = None) -> Iterator[Proxy]:
    """A proxy before a port, on a free port or at the path of a socket; always ended with the block."""
    if path is None:
        listener = socket.create_server(("127.0.0.1", 0))
    else:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
    made = Proxy(target, listener, tls)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.end()
        thread.join(5)


def certificate(directory: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate for 127.0.0.1, and a server's TLS context with it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - dt.timedelta(hours=1),
        not_valid_after=now + dt.timedelta(hours=1),
    )
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.add_extension(here, critical=True).sign(key, hashes.SHA256())
    public, private = directory / "cert.pem", directory / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
