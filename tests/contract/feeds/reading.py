"""Readers of updates, who follow their cursor."""

from __future__ import annotations

from datetime import timedelta

from tests.support.fakes import START

LATER, MUCH_LATER = START + timedelta(hours=1), START + timedelta(hours=2)

FUTURE = 4 * 10**12  # Unix milliseconds


class Reader:
    """Follows its cursor, and tells what each look brought: customers, those gone with a dash before them."""

    def __init__(self, house, *, limit=10):
        self.updates, self.limit, self.cursor = house.store.updates, limit, None

    def page(self, **more):
        found = self.updates.page(cursor=self.cursor, since=None, limit=self.limit, **more)
        self.cursor = found.cursor
        return ["-" * update.gone + update.customer_id for update in found.customers], found.more

    def look(self):
        seen, more = self.page()
        while more:
            found, more = self.page()
            seen += found
        return seen


def follower(house):
    """A reader who has seen everything so far."""
    reader = Reader(house)
    reader.look()
    return reader
