"""Keep a CRM's field at every customer's score. Goes on from a cursor kept in a file. Needs requests.

    python crm_field.py --write my_crm:write      # calls write(customer_id, score, band, date) for each customer

`score` is 0-100 or None, `band` a word or None, `date` when the customer last answered (ISO 8601) or None; all three
are None for a customer whose answers were erased. The function may be called again with the same: after a crash the
last page is written once more. Raise from it, and nothing is skipped: the next run goes on with the same page.
"""

import argparse
import importlib
import os
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import requests

URL = os.environ["NETIGATE_RESULTS_URL"] + "/v1/customers/updates"
HEADERS = {"Authorization": "Bearer " + os.environ["NETIGATE_RESULTS_KEY"]}
PLACE = pathlib.Path(os.environ.get("CURSOR_FILE", "crm-cursor"))


def show(customer_id: str, score: float | None, band: str | None, date: str | None) -> None:
    """What is done without --write: print."""
    print(customer_id, score, band, date, sep="\t", flush=True)


def function(name: str) -> Callable[[str, float | None, str | None, str | None], object]:
    """`module:function`, the module beside where this is run, or installed."""
    sys.path.insert(0, str(pathlib.Path.cwd()))
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def fetch(cursor: str | None) -> dict[str, Any]:
    """The next page; without a cursor, or with one that is too old (410), the first."""
    reply = requests.get(URL, headers=HEADERS, params={"cursor": cursor, "limit": 200}, timeout=30)
    if reply.status_code == 410 and cursor:
        print("the cursor is older than what is kept: every customer is written anew", file=sys.stderr)
        return fetch(None)
    reply.raise_for_status()
    return reply.json()


def follow(write: Callable[[str, float | None, str | None, str | None], object]) -> None:
    """Write every customer that has changed since the last run."""
    more = True
    while more:
        page = fetch(PLACE.read_text() if PLACE.exists() else None)
        for customer in page["customers"]:
            if customer.get("gone"):
                write(customer["customer_id"], None, None, None)
            else:
                write(customer["customer_id"], customer["score"], customer["band"], customer["last_answered_at"])
        PLACE.with_suffix(".new").write_text(page["cursor"])  # only after everything was written
        PLACE.with_suffix(".new").replace(PLACE)  # in one step, so that a crash leaves the old place or the new one
        more = page["has_more"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keep a CRM's field at every customer's score.")
    parser.add_argument("--write", metavar="MODULE:FUNCTION", type=function, default=show)
    follow(parser.parse_args().write)
