"""Options from a `.env` file in the working folder, for commands that a person types."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

from service.options.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

PATH = Path(".env")


def read(say: Callable[[str], None], path: Path = PATH, environment: MutableMapping[str, str] = os.environ) -> None:
    """Put a file's NAME=value lines into the environment, and say which names came from it. A missing file is no error.

    What the environment has already, even empty, stays. Values are taken literally: `$` means nothing.
    Raises SettingsError if the file cannot be read, or has a line that is no NAME=value; the message holds no value.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise SettingsError(f"Cannot start: {path} cannot be read: {why}") from None
    values = _values(text, path)
    taken = [name for name in values if name not in environment]
    environment.update({name: values[name] for name in taken})
    kept = [name for name in values if name not in taken]
    told = f"Options from {path}: {', '.join(taken) or 'none'}"
    say(told + (f" · as the environment has them: {', '.join(kept)}" if kept else ""))


def _values(text: str, path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    wrong = []
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key and binding.value is None) or "\0" in (binding.value or ""):
            written = binding.original.string
            blank = written[: len(written) - len(written.lstrip())].count("\n")
            wrong.append(str(binding.original.line + blank))
        elif binding.key:
            values[binding.key] = binding.value or ""
    if wrong:
        raise SettingsError(f"Cannot start: {path} has no NAME=value in line {', '.join(wrong)}")
    return values
