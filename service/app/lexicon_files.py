"""Reads the language files that ship with the package. The only I/O of the scorer."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from threading import Lock
from typing import Any

from service.survey.scoring.language.lexicons import LexiconError, Lexicons, build

COMMON = "common.toml"
_LOADING = Lock()


def read_all() -> dict[str, dict[str, Any]]:
    """Each file's content by its name. Raises LexiconError naming the file that is no TOML."""
    folder = resources.files("service.survey.scoring").joinpath("lexicon")
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            try:
                found[file.name] = tomllib.loads(file.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as error:
                raise LexiconError(f"{file.name}: {error}") from error
    return found


def load() -> Lexicons:
    """The shipped lexicons, read once per process."""
    # Surveys are swept by threads that begin together; with the cache alone, each of them would read all files.
    with _LOADING:
        return _load()


@cache
def _load() -> Lexicons:
    files = read_all()
    common = files.pop(COMMON)
    return build(files.values(), common)
