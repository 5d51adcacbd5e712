"""What the check prints as it runs: one line for each thing looked at, a transient line for what takes time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD: Final = " ok "
BAD: Final = "FAIL"
ODD: Final = "LOOK"
NOTE: Final = " -- "
_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True)
class Report:
    """`say` writes a line; `show`, only given on a terminal, writes a line that the next one replaces."""

    say: Callable[[str], None]
    show: Callable[[str], None] | None = None
    failures: int = field(default=0, init=False)
    oddities: int = field(default=0, init=False)

    def title(self, text: str) -> None:
        self._line(f"\n{text}")

    def good(self, text: str) -> None:
        self._line(f"[{GOOD}] {text}")

    def note(self, text: str) -> None:
        self._line(f"[{NOTE}] {text}")

    def bad(self, text: str, do: str) -> None:
        """Something that must be put right, and how."""
        self.failures += 1
        self._line(f"[{BAD}] {text}\n       → {do}")

    def odd(self, text: str, do: str) -> None:
        """Something that the service copes with but the operator should know, and what to do."""
        self.oddities += 1
        self._line(f"[{ODD}] {text}\n       → {do}")

    def plain(self, text: str) -> None:
        self._line(f"       {text}")

    def end(self) -> int:
        """Print the last line. Returns the exit status."""
        told = [
            f"{self.failures} to be put right: the lines with {BAD} say how." if self.failures else "",
            f"{self.oddities} to be looked at: the lines with {ODD} say what to do." if self.oddities else "",
        ]
        self.title(" ".join(filter(None, told)) or "All well.")
        return 1 if self.failures else 0

    def progress(self, done: int, total: int, text: str) -> None:
        """What is being waited for."""
        if self.show:
            filled = 20 * done // max(total, 1)
            self.show(f"{_CLEAR}[{'#' * filled}{'.' * (20 - filled)}] {text}")

    def _line(self, text: str) -> None:
        if self.show:
            self.show(_CLEAR)
        self.say(text)
