"""Takes comments or names out of changes that are in the feed already: the same changes, with the same ids."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

import orjson

from service.store.connection.clients import script
from service.store.connection.guard import guard
from service.store.connection.pieces import batches, entries
from service.store.filing.partitions import ATTEMPTS
from service.store.wholeness.envelope import read_sealed, reading, seal
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.connection.clients import Client
    from service.store.keys import Keys

_NEEDED: Final = frozenset({"id", "kind", "customer_id", "band", "score", "survey", "answer_set_id"})


def strip(client: Client, keys: Keys, bare: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Rewrite the changes that `bare` alters; how many those were. Raises StoreError.

    A stream's entries cannot be edited, so a second stream is written and put in the place of the first in one step.
    """
    swap, beside = script("feed_swap"), keys.feed_rewritten(secrets.token_hex(4))
    for _ in range(ATTEMPTS):
        with guard():
            found = list(entries(client, keys.feed))
            stripped = [(at, _stripped(fields, bare)) for at, fields in found]
            count = sum(new != old for (_, new), (_, old) in zip(stripped, found, strict=True))
            if not count:
                return 0
            for some in batches(stripped):
                pipe: Any = client.pipeline(transaction=False)
                for at, fields in some:
                    pipe.xadd(beside, fields, id=at)
                pipe.expire(beside, 60)  # nothing is left behind by a process that dies here
                pipe.execute()
            client.persist(beside)
            done: Any = client.eval(swap, 2, keys.feed, beside, len(found), found[-1][0])
        if done:
            return count
    raise RuntimeError("the feed is written by others without end")


@reading
def _stripped(fields: dict[bytes, bytes], bare: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[bytes, bytes]:
    change = read_sealed(fields[b"e"])
    left = bare(change)
    return fields if left == change else {**fields, b"e": seal(orjson.dumps(left))}


@reading
def decode_change(fields: dict[bytes, bytes]) -> dict[str, Any]:
    """The change of a feed's entry. Raises DamagedValueError."""
    change: dict[str, Any] = read_sealed(fields[b"e"])
    if not (change.keys() >= _NEEDED and isinstance(change["survey"]["id"], int)):
        raise DamagedValueError("value")
    return change


def without_comments(change: dict[str, Any]) -> dict[str, Any]:
    return {**change, "comments": []} if change.get("comments") else change


def without_name(survey_id: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that takes the contact's name out of one survey's changes."""

    def bare(change: dict[str, Any]) -> dict[str, Any]:
        if change["survey"]["id"] != survey_id:
            return change
        return {name: value for name, value in change.items() if name != "contact_name"}

    return bare
