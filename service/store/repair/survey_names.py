"""Surveys of which something is stored, by the names of keys."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from service.store.connection.guard import guard
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.store.connection.clients import Client
    from service.store.keys import Keys


def known_surveys(client: Client, keys: Keys) -> list[int]:
    """By their revisions, or by the list of those known."""
    with guard():
        return _numbers([*_named(client, keys.revisions(0)), *client.smembers(keys.known)])


def traces(client: Client, keys: Keys) -> list[int]:
    """By what no damage to a value alters: names of keys and fields."""
    with guard():
        found: list[bytes | str] = [*_named(client, keys.revisions(0)), *_named(client, keys.survey(0))]
    with contextlib.suppress(DamagedValueError), guard():
        found += client.hkeys(keys.swept)
    return [number for number in _numbers(found) if number]


def _named(client: Client, key_of_0: str) -> list[bytes]:
    return list(client.scan_iter(match=key_of_0.removesuffix("0") + "*", count=1000))


def _numbers(names: Iterable[bytes | str]) -> list[int]:
    texts = [name.decode(errors="replace") if isinstance(name, bytes) else name for name in names]
    ends = [text.rpartition(":")[2] for text in texts]
    return sorted({int(end) for end in ends if end.isdigit()})
