"""Long lists and long keys in pieces, so that no command holds the server up and no pipeline grows without end."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from service.store.connection.clients import Client

T = TypeVar("T")
BATCH: Final = 500


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def entries(client: Client, stream: str) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    """A stream's entries, oldest first."""
    after = b"-"
    while True:
        found: Any = client.xrange(stream, min=after, count=BATCH)
        yield from found
        if len(found) < BATCH:
            return
        after = b"(" + found[-1][0]
