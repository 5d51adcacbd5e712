"""What `updates` takes in Redis, and a page's time by the number of customers: `python -m bench.updates`."""

from __future__ import annotations

import random
import statistics
import time

from service.clock import SystemClock
from service.store.connection.clients import connect
from service.store.feeds.cursors import encode_cursor
from service.store.keys import Keys
from service.store.redis_store import redis_store
from tests.harness.valkey import valkey

SIZES = (1_000, 10_000, 100_000, 1_000_000)
BATCH, PAGES, LIMIT = 5_000, 200, 100
BEGAN, APART = 1_700_000_000_000_000, 1_000  # microseconds


def main() -> None:
    """Print a line for each size."""
    with valkey() as server:
        client, keys = connect(server.url, timeout=60), Keys("bench")
        updates, control = (store := redis_store(client, keys, SystemClock())).updates, store.control
        epoch, filled = control.epoch(), 0
        before = client.info("memory")["used_memory"]
        for size in SIZES:
            for first in range(filled, size, BATCH):
                names = range(first, min(first + BATCH, size))
                client.zadd(keys.updates, {f"C-{100_000 + number}": BEGAN + number * APART for number in names})
            filled, times = size, []
            for _ in range(PAGES):
                cursor = encode_cursor(epoch, str(BEGAN + random.randrange(size) * APART), "0")
                began = time.perf_counter()
                updates.page(cursor=cursor, since=None, limit=LIMIT)
                times.append(time.perf_counter() - began)
            held = (client.info("memory")["used_memory"] - before) / size
            print(f"{size:>9} customers  {held:5.1f} bytes each  {statistics.median(times) * 1000:.2f} ms a page")


if __name__ == "__main__":
    main()
