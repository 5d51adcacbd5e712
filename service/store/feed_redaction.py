"""Takes comments out of changes that are in the feed already: the same changes, with the same ids, without them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import orjson

from service.store.connection.clients import guard, script
from service.store.filing.partitions import ATTEMPTS

if TYPE_CHECKING:
    from service.store.connection.clients import Client
    from service.store.keys import Keys

CHUNK = 1000


def strip_comments(client: Client, keys: Keys) -> int:
    """Rewrite the feed where any change holds a comment; how many did. Raises StoreAwayError.

    A stream's entries cannot be edited, so it is written anew beside and put in place as one.
    """
    swap, beside = script("feed_swap"), keys.control(f"feed:{secrets.token_hex(4)}")
    for _ in range(ATTEMPTS):
        with guard():
            entries = _read(client, keys.feed)
            bare = [(at, _bare(fields)) for at, fields in entries]
            count = sum(new != old for (_, new), (_, old) in zip(bare, entries, strict=True))
            if not count:
                return 0
            for start in range(0, len(bare), CHUNK):
                pipe: Any = client.pipeline(transaction=False)
                for at, fields in bare[start : start + CHUNK]:
                    pipe.xadd(beside, fields, id=at)
                pipe.expire(beside, 60)  # nothing is left behind by a process that dies here
                pipe.execute()
            client.persist(beside)
            done: Any = client.eval(swap, 2, keys.feed, beside, len(entries), entries[-1][0])
        if done:
            return count
    raise RuntimeError("the feed is written by others without end")


def _read(client: Client, feed: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
    entries: list[tuple[bytes, dict[bytes, bytes]]] = []
    while True:
        after = b"(" + entries[-1][0] if entries else b"-"
        found: Any = client.xrange(feed, min=after, count=CHUNK)
        entries += found
        if len(found) < CHUNK:
            return entries


def _bare(fields: dict[bytes, bytes]) -> dict[bytes, bytes]:
    change = orjson.loads(fields[b"e"])
    if not change.get("comments"):
        return fields
    return {**fields, b"e": orjson.dumps({**change, "comments": []})}
