"""Callers' keys as an operator writes them: `name:sha256-hex-of-the-key:scope+scope`."""

from __future__ import annotations

import re
from dataclasses import dataclass

SCOPES = frozenset({"results", "comments", "changes"})
SHAPE = "name:sha256-hex-of-the-key:scope+scope"
_ENTRY = re.compile(r"(?P<name>[\w.-]{1,64}):(?P<digest>[0-9a-fA-F]{64}):(?P<scopes>[a-z]+(\+[a-z]+)*)")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A caller's key; only its SHA-256 is known."""

    name: str
    digest: str  # lower-case hex
    scopes: frozenset[str]


def parse_api_keys(text: str) -> tuple[ApiKey, ...]:
    """Read comma-separated entries. Raises ValueError that gives a bad entry's number and none of its text."""
    keys = []
    for number, part in enumerate((part.strip() for part in text.split(",") if part.strip()), 1):
        match = _ENTRY.fullmatch(part)
        scopes = frozenset(match["scopes"].split("+")) if match else frozenset()
        if not match or not scopes <= SCOPES:
            raise ValueError(f"entry {number} is not {SHAPE}, with scopes of {', '.join(sorted(SCOPES))}")
        keys.append(ApiKey(match["name"], match["digest"].lower(), scopes))
    if not keys:
        raise ValueError("must name at least one key")
    return tuple(keys)
