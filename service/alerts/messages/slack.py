"""A message as Slack's incoming webhooks take it: Block Kit. Pure.

Limits (Slack's reference of blocks): 50 blocks, a header of 150 characters, a section's text of 3,000 and at most ten
fields of 2,000, a block_id of 255. A message beyond them is refused whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from service.alerts.messages.telling import shorten, units

if TYPE_CHECKING:
    from service.alerts.messages.telling import Fact, Telling

MOST_FIELDS = 10
MOST_FIELD = 2000
MOST_ID = 255
MOST_TEXT = 2900
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def body(telling: Telling) -> bytes:
    """The body to POST. What customers wrote is escaped, so that it mentions nobody and links nowhere."""
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "block_id": telling.id[:MOST_ID],
            "text": {"type": "plain_text", "text": telling.title[:150]},
        }
    ]
    if telling.lead:
        blocks.append(_section(telling.lead))
    for first in range(0, len(telling.facts), MOST_FIELDS):
        fields = [_text(_fact(fact)) for fact in telling.facts[first : first + MOST_FIELDS]]
        blocks.append({"type": "section", "fields": fields})
    if telling.question:
        blocks.append(_section(f"*{_fitting(telling.question)}*"))
    blocks += [_section(f"&gt; {_fitting(quote)}") for quote in telling.quotes]
    if telling.tail:
        blocks.append({"type": "context", "elements": [_text(escape(telling.tail))]})
    return orjson.dumps({"text": escape(telling.summary), "blocks": blocks})


def escape(text: str) -> str:
    return text.translate(_ESCAPES)


def _fitting(text: str) -> str:
    """A text whose escaped form fits into a section."""
    while units(escape(text)) > MOST_TEXT:
        text = shorten(text, units(text) * 9 // 10)
    return escape(text)


def _fact(fact: Fact) -> str:
    label, value = f"*{escape(fact.label)}*\n", escape(fact.value)
    linked = f"{label}<{escape(fact.link)}|{value}>" if fact.link else ""
    # An ID of 200 characters may take 2,400 in an address: then without the link, since Slack would refuse it all.
    return linked if linked and units(linked) <= MOST_FIELD else label + value


def _text(text: str) -> dict[str, Any]:
    # verbatim: addresses and names in a customer's words do not become links or mentions.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text)}
