"""What the load of a fault asks for, and how each answer is checked: its owner, its content, its age, its freshness."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from chaos.load import Ask

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from http.client import HTTPResponse

    from chaos.load import Asks, Seen

OK, UNAVAILABLE = 200, 503
FRESH, STALE = "fresh", "stale"
WAIT = "wait"  # 503 with Retry-After, for customers that no process had answered before
DAMAGED = "damaged"  # the same, for any customer, since what is stored cannot be read
WRONG = "wrong"  # somebody else's answer
EMPTIED = "emptied"  # an empty answer, for somebody who has answered
UNTRUE = "untrue"  # another answer than before, for somebody who has not answered since
FALSE = (WRONG, EMPTIED, UNTRUE)


def asks(known: Sequence[Ask]) -> Asks:
    """Each thread walks over all that is known, so that each connection's process has seen each of it."""

    def of_thread(number: int) -> Iterator[Ask]:
        for turn in itertools.count():
            for place, ask in enumerate(known):
                yield ask
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
    """FRESH, STALE, WAIT, DAMAGED, or what was wrong with the answer."""
    if reply.status == UNAVAILABLE and reply.headers["Retry-After"]:
        if json.loads(body)["type"].endswith(":store-damaged"):
            return DAMAGED
        return str(UNAVAILABLE) if ask.etag else WAIT
    if reply.status != OK:
        return str(reply.status)
    document = json.loads(body)
    if ask.owner and (found := _summary(reply, document, ask)):
        return found
    if ask.etag and reply.headers["ETag"] != ask.etag:
        return UNTRUE
    states = [one["freshness"]["state"] for one in document.get("customers", [document])]
    return FRESH if set(states) == {FRESH} else STALE


def _summary(reply: HTTPResponse, document: dict[str, Any], ask: Ask) -> str | None:
    """What is wrong with one customer's or respondent's answer."""
    told = reply.headers["Age"]
    if (None if told is None else int(told)) != document["freshness"]["age_seconds"]:
        return "two ages"
    if not _is_of(ask.owner, document):
        return WRONG
    return EMPTIED if ask.etag and not document["latest"] else None


def failures(seen: Seen, *allowed: str) -> Counter[str]:
    return seen.but(FRESH, STALE, WAIT, *allowed)
