"""A message for machines, after Standard Webhooks: `type`, `timestamp`, `data`; id, time and body are signed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import orjson
from standardwebhooks import Webhook

from service.alerts.messages.telling import Change, worst
from service.survey.summary import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

PREFIX = "satisfaction"


def change_body(change: Change, link: Callable[[Change], str | None]) -> bytes:
    """One change as `/v1/changes` gives it, with the contact's address in the CRM where that is known."""
    address = link(change)
    data = change | ({"contact_url": address} if address else {})
    return orjson.dumps({"type": f"{PREFIX}.{change['kind']}", "timestamp": change["detected_at"], "data": data})


def digest_body(changes: Sequence[Change], cursor: str | None, now: datetime) -> bytes:
    """Many changes: all ids, the lowest in full, and the cursor from which `/v1/changes` returns all of them."""
    data = {
        "count": len(changes),
        "kinds": Counter(change["kind"] for change in changes),
        "cursor": cursor,
        "lowest": worst(changes),
        "ids": [change["id"] for change in changes],
    }
    return orjson.dumps({"type": f"{PREFIX}.digest", "timestamp": iso(now), "data": data})


def sample_body(identifier: str, now: datetime) -> bytes:
    return orjson.dumps({"type": f"{PREFIX}.test", "timestamp": iso(now), "data": {"id": identifier}})


def signature(secrets: Sequence[str], identifier: str, now: datetime, body: bytes) -> dict[str, str]:
    """Headers. Each secret signs, so that a receiver can change from one to the next in its own time."""
    signed = [Webhook(secret).sign(identifier, now, body.decode()) for secret in secrets]
    return {
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
