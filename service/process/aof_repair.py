"""Makes the undamaged part of the embedded server's files loadable again; a copy of each changed file is kept.

The server writes a base (a snapshot), increments (commands since) and a manifest that names them. It refuses to start
if one of them is damaged, unless only its end is missing. Its own check tool cannot tell a snapshot of this version
from commands, so each file is checked by itself.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

from service.process.embedded_server import binary

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "appendonlydir"
NAME: Final = "appendonly.aof"
KEPT: Final = "damaged"  # folder of copies, in the data directory
KEEP_SECONDS: Final = 7 * 86_400
CHECK_SECONDS: Final = 600
_ENTRY = re.compile(r'file "?([^\s"]+)"? seq (\d+) type ([bhi])(?: .*)?')
_FILE = re.compile(re.escape(NAME) + r"\.(\d+)\.(base\.(?:rdb|aof)|incr\.aof)")
_GOOD_UP_TO = re.compile(r"ok_up_to=(\d+)")
_NO_CHECKSUM: Final = bytes(8)  # a snapshot with this end is loaded without a checksum test


def mend(directory: Path) -> str | None:
    """Repair the first damage that is found. Returns a sentence on what was done; None where nothing was."""
    folder = directory / FOLDER
    if not folder.is_dir():
        return None
    for step in (_manifest, _increments, _base):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if done := step(folder):
                return done
    return None


def prepare(directory: Path) -> str | None:
    """Call before every start: a server without a manifest would silently start empty. Returns as `mend`."""
    forget_old(directory)
    folder = directory / FOLDER
    return _manifest(folder) if folder.is_dir() else None


def forget_old(directory: Path) -> None:
    """Remove copies older than KEEP_SECONDS: they hold customers' answers."""
    for copy in (directory / KEPT).glob("*"):
        with contextlib.suppress(OSError):
            if time.time() - copy.stat().st_mtime > KEEP_SECONDS:
                copy.unlink()


def _manifest(folder: Path) -> str | None:
    path = folder / f"{NAME}.manifest"
    named = _named(path)
    if named and all((folder / name).is_file() for name, _ in named):
        return None
    found = _listed(folder)
    if not found:
        return None
    _keep(path)
    _write(path, found)
    return f"the store's manifest was damaged: written anew for {len(found)} files (copy in {KEPT}/)"


def _named(path: Path) -> list[tuple[str, str]] | None:
    """Files by name and type; None where the manifest cannot be read."""
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    entries = [_ENTRY.fullmatch(line) for line in lines if line and not line.startswith("#")]
    found = [(entry[1], entry[3]) for entry in entries if entry]
    whole = len(found) == len(entries) and any(sort == "i" for _, sort in found)
    return [entry for entry in found if entry[1] != "h"] if whole else None


def _listed(folder: Path) -> list[tuple[str, str]]:
    """The same by the files that exist: the newest snapshot, and the increments since."""
    files = [(int(found[1]), path) for path in folder.iterdir() if (found := _FILE.fullmatch(path.name))]
    bases = sorted(file for file in files if ".base." in file[1].name)
    increments = sorted(file for file in files if ".incr." in file[1].name)
    # The snapshot covers increments that are not newer than it. The last increment is always needed: the server goes
    # on writing to it.
    since = bases[-1][1].stat().st_mtime if bases else 0.0
    wanted = [path for _, path in increments if path == increments[-1][1] or path.stat().st_mtime > since]
    return [(path.name, "b") for _, path in bases[-1:]] + [(path.name, "i") for path in wanted]


def _write(path: Path, files: list[tuple[str, str]]) -> None:
    lines = [f"file {name} seq {name.removeprefix(NAME + '.').partition('.')[0]} type {sort}\n" for name, sort in files]
    beside = path.with_suffix(".anew")
    beside.write_text("".join(lines), "ascii")
    beside.replace(path)


def _increments(folder: Path) -> str | None:
    for name, sort in _named(folder / f"{NAME}.manifest") or []:
        path = folder / name
        if sort != "i" or path.stat().st_size == 0:
            continue
        told = _tool("valkey-check-aof", path)
        good = _GOOD_UP_TO.search(told.stdout)
        if told.returncode == 0 or good is None:
            continue
        size, end = path.stat().st_size, int(good[1])
        if end >= size:
            continue
        copy = _keep(path)
        with path.open("r+b") as file:
            file.truncate(end)
        return f"the store's last writes were damaged: {size - end} of {size} bytes cut off (copy: {copy})"
    return None


def _base(folder: Path) -> str | None:
    named = _named(folder / f"{NAME}.manifest") or []
    for name, sort in named:
        path = folder / name
        if sort != "b" or not name.endswith(".rdb") or _tool("valkey-check-rdb", path).returncode == 0:
            continue
        if path.stat().st_size > len(_NO_CHECKSUM) and _end_of(path) != _NO_CHECKSUM:
            copy = _keep(path)
            with path.open("r+b") as file:
                file.seek(-len(_NO_CHECKSUM), 2)
                file.write(_NO_CHECKSUM)
            return (
                f"the store's snapshot is damaged: loaded without its checksum, each value has its own (copy: {copy})"
            )
        copy, size = _keep(path), path.stat().st_size
        _write(folder / f"{NAME}.manifest", [entry for entry in named if entry[0] != name])
        path.unlink()
        return f"the store's snapshot cannot be read: {size} bytes set aside (copy: {copy}); Netigate is read again"
    return None


def _end_of(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-len(_NO_CHECKSUM), 2)
        return file.read()


def _tool(name: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run one of the server's tools. They are the server's own program, called by another name."""
    return subprocess.run(  # noqa: S603  (our own binary)
        [name, str(path)],
        executable=str(binary()),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        timeout=CHECK_SECONDS,
        check=False,
    )


def _keep(path: Path) -> str:
    """Copy a file, if it exists, before it is changed. Returns the copy's path in the data directory."""
    folder = path.parent.parent / KEPT
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{path.name}"
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(path, copy)  # without its mtime: KEEP_SECONDS count from now
    return f"{KEPT}/{copy.name}"
