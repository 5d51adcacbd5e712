"""The console blocks of a page, run in order in a fresh copy of the repository, as a newcomer types them."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, Self

from tests.harness import http
from tests.harness.processes import ROOT, await_said, start, stop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMAND_SECONDS = 300.0
READY_SECONDS = 300.0  # the first `make run` installs everything
_READY = re.compile(r"^Ready at (http://\S+)", re.MULTILINE)
_BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The commands in a page's console blocks: the text after `$ `, with following lines that begin with `> `."""
    found: list[str] = []
    for indent, block in _BLOCK.findall(page):
        for line in block.splitlines():
            text = line.removeprefix(indent)
            if text.startswith("$ "):
                found.append(text[2:])
            elif text.startswith("> ") and found:
                found[-1] += "\n" + text[2:]
    return found


def fresh_copy(folder: Path) -> None:
    """Copy what a clone of the repository would hold, with changes that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


class Console:
    """`with Console(folder, environment, blanks) as console:` is a shell in a folder.

    `blanks`: what a reader has to fill in, as a text of the page and its replacement.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], blanks: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self.blanks = dict(blanks)
        self._service: subprocess.Popen[bytes] | None = None
        self.said = ""  # the output of all commands

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.interrupt()

    def type(self, command: str) -> str:
        """Run a command as written. Returns its output. AssertionError if it fails. `make run` is left running."""
        for blank, text in self.blanks.items():
            command = command.replace(blank, text)
        if command.startswith("make run"):
            return self._start(command)
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        self.said += done.stdout
        return done.stdout

    def read(self, page: str) -> None:
        """Type a page's commands; the entries that `key` printed go where the page says `API_KEYS=…`."""
        for command in commands((ROOT / page).read_text("utf-8")):
            entries = re.findall(r"^  (\S+:[0-9a-f]{64}:\S+)$", self.said, re.MULTILINE)
            self.blanks["API_KEYS=…"] = f"API_KEYS={','.join(entries)}"
            self.type(command)

    def interrupt(self) -> None:
        """Press Ctrl-C if `make run` is running."""
        if self._service is not None:
            stop(self._service, signal.SIGINT)
            self._service.stdout.close()
            self._service = None

    def _start(self, command: str) -> str:
        self.interrupt()
        self._service = start(
            ["bash", "-c", command],
            self._environment,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        found = await_said(self._service, _READY, READY_SECONDS)
        http.await_swept(found[1])
        self.said += found.string
        return found.string
