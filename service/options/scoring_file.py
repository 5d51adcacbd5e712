"""Reads the operator's SCORING_FILE (TOML) into overrides. What it may say: docs/scoring.md."""

from __future__ import annotations

import re
import tomllib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from service.survey.model import Direction, Kind
from service.survey.scoring.language.folding import fold
from service.survey.scoring.overrides import ItemOverride, Overrides

if TYPE_CHECKING:
    from pathlib import Path

NO_SCORE: Final = "no_score"
_TOP: Final = ("item", "wordings")
_ITEM: Final = ("survey", "item", "headline", "leave_out", "kind", "direction", "wordings")
_BEST: Final = 100
_TOML_LINE = re.compile(r"\(at line (\d+)")


class ScoringFileError(ValueError):
    """The file is unreadable, or its content is invalid. `line` is 1-based, or None where no single line is wrong."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}" if line else f"{path}: {problem}")
        self.line = line
        self.problem = problem


def load(path: Path) -> Overrides:
    """The file's overrides. Raises ScoringFileError naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScoringFileError(path, None, f"cannot be read ({type(error).__name__})") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise ScoringFileError(path, line, f"is not TOML: {error}") from error
    return _Reader(path, text).overrides(content)


class _Reader:
    """Checks the parsed content, and finds the line of a fault in the text."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def overrides(self, content: dict[str, Any]) -> Overrides:
        for key in content:
            if key not in _TOP:
                raise self._error(key, 0, f"unknown {key!r}; known are {', '.join(_TOP)}")
        entries = content.get("item", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self._error("item", 0, "items are written as [[item]] tables")
        items: dict[tuple[int, int], ItemOverride] = {}
        for start, entry in zip(self._starts(len(entries)), entries, strict=True):
            place, override = self._item(entry, start)
            if place in items:
                problem = f"item {place[1]} of survey {place[0]} stands here a second time"
                raise ScoringFileError(self._path, start + 1, problem)
            items[place] = override
        wordings = self._wordings(content.get("wordings", {}), self._find(r"\[\s*wordings\s*\]", 0) or 0)
        return Overrides(items=MappingProxyType(items), wordings=wordings)

    def _item(self, entry: dict[str, Any], start: int) -> tuple[tuple[int, int], ItemOverride]:
        for key in entry:
            if key not in _ITEM:
                raise self._error(key, start, f"unknown {key!r}; known are {', '.join(_ITEM)}")
        override = ItemOverride(
            headline=self._flag(entry, "headline", start),
            excluded=self._flag(entry, "leave_out", start),
            kind=self._word(entry, "kind", start, Kind),
            direction=self._word(entry, "direction", start, Direction),
            wordings=self._wordings(entry.get("wordings", {}), start),
        )
        return (self._number(entry, "survey", start), self._number(entry, "item", start)), override

    def _number(self, entry: dict[str, Any], key: str, start: int) -> int:
        value = entry.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._error(key, start, f"{key} must be the id as a number")
        return value

    def _flag(self, entry: dict[str, Any], key: str, start: int) -> bool:
        value = entry.get(key, False)
        if not isinstance(value, bool):
            raise self._error(key, start, f"{key} must be true or false")
        return value

    def _word(self, entry: dict[str, Any], key: str, start: int, words: type[Any]) -> Any:  # noqa: ANN401 (an enum of the caller's)
        value = entry.get(key)
        known = [word.value for word in words]
        if value is not None and value not in known:
            raise self._error(key, start, f"{key} must be one of {', '.join(known)}")
        return None if value is None else words(value)

    def _wordings(self, table: Any, start: int) -> MappingProxyType[str, float | None]:  # noqa: ANN401 (parsed TOML)
        if not isinstance(table, dict):
            raise self._error("wordings", start, "wordings must be a table of wording = score")
        found: dict[str, float | None] = {}
        for wording, value in table.items():
            number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _BEST
            if not number and value != NO_SCORE:
                raise self._error(wording, start, f'{wording!r} must be a score from 0 to 100 or "{NO_SCORE}"')
            found[fold(wording)] = float(value) if number else None
        return MappingProxyType(found)

    def _starts(self, count: int) -> list[int]:
        starts = [at for at, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*item\s*\]\]", line)]
        return starts if len(starts) == count else [0] * count  # written inline: keys are looked for from the top

    def _find(self, pattern: str, start: int) -> int | None:
        return next((at for at in range(start, len(self._lines)) if re.search(pattern, self._lines[at])), None)

    def _error(self, key: str, start: int, problem: str) -> ScoringFileError:
        named = rf"""(?:^|[\s,{{\["'.]){re.escape(key)}["']?\s*"""
        at = self._find(named + "=", start)
        if at is None:
            at = self._find(named + r"[\].]", start)
        return ScoringFileError(self._path, (start if at is None else at) + 1, problem)
