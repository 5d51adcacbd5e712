"""Asks a contender for every customer once, so that its cache holds them all."""

from __future__ import annotations

import importlib
import sys

if __name__ == "__main__":
    module, customers = sys.argv[1], int(sys.argv[2])
    client = importlib.import_module(module).app.test_client()
    for number in range(customers):
        assert client.get(f"/v1/customers/C-{number:07d}/satisfaction").status_code == 200
