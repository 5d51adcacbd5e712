"""What the load of a fault asks for, and how each answer is checked: its owner, its age, its freshness."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chaos.load import Ask

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from http.client import HTTPResponse

    from chaos.load import Asks, Seen

OK, UNAVAILABLE = 200, 503
FRESH, STALE = "fresh", "stale"
WAIT = "wait"  # 503 with Retry-After, for customers that no process had answered before
WRONG = "wrong"
EMPTIED = "emptied"  # an empty answer, for somebody who has answered
UNKNOWN = "unknown"  # the same, but without an age: it says that nothing is known


def asks(customers: Sequence[str], respondents: Sequence[int]) -> Asks:
    """Each thread walks over all customers, so that each connection's process has seen each of them."""

    def of_thread(number: int) -> Iterator[Ask]:
        every = itertools.cycle(respondents)
        for turn in itertools.count():
            for place, customer in enumerate(customers):
                yield Ask(f"/v1/customers/{quote(customer)}/satisfaction", customer, known=True)
                if place % 6 == 0:
                    respondent = next(every)
                    yield Ask(f"/v1/respondents/{respondent}/results/latest", respondent, known=True)
                if place % 12 == 5:
                    unseen = f"unseen-{number}-{turn}-{place}"
                    yield Ask(f"/v1/customers/{unseen}/satisfaction", unseen)

    return of_thread


def _is_of(owner: str | int, document: dict[str, Any]) -> bool:
    """Whether a summary, or the newest result of a respondent, is the one asked for."""
    if isinstance(owner, str):
        return bool(document["customer_id"] == owner)
    return not document["latest"] or bool(document["latest"]["respondent_id"] == owner)


def judge(reply: HTTPResponse, body: bytes, ask: Ask) -> str:
    """FRESH, STALE, WAIT, or what was wrong with the answer."""
    if reply.status == UNAVAILABLE and reply.headers["Retry-After"] and not ask.known:
        return WAIT
    if reply.status != OK:
        return str(reply.status)
    document = json.loads(body)
    freshness = document["freshness"]
    told = reply.headers["Age"]
    if (None if told is None else int(told)) != freshness["age_seconds"]:
        return "two ages"
    if not _is_of(ask.owner, document):
        return WRONG
    if ask.known and not document.get("latest"):
        return UNKNOWN if freshness["as_of"] is None else EMPTIED
    return str(freshness["state"])


def failures(seen: Seen, *allowed: str) -> Counter[str]:
    return seen.but(FRESH, STALE, WAIT, *allowed)
