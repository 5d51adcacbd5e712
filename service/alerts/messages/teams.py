"""A message as the Workflows of Teams take it: an Adaptive Card in an envelope, at most 28 KB. Pure.

(The old connectors' `{"text": …}` and MessageCard are accepted by a workflow and then lost.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from service.alerts.messages.telling import Fact, Telling

MOST_BYTES = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"


def body(telling: Telling) -> bytes:
    """The body to POST. Quotes are left out from the end where the card would be too large."""
    quotes = list(telling.quotes)
    while True:
        made = orjson.dumps(_envelope(telling, quotes))
        if len(made) <= MOST_BYTES or not quotes:
            return made
        quotes.pop()


def _envelope(telling: Telling, quotes: list[str]) -> dict[str, Any]:
    head = {
        "type": "TextBlock", "id": telling.id, "text": telling.title, "size": "Medium", "weight": "Bolder",
        "wrap": True, "style": "heading",
    }  # fmt: skip
    lead = [_line(_run(telling.lead))] if telling.lead else []
    facts = [_line(_run(f"{fact.label}: ", weight="Bolder"), _run(fact.value)) for fact in telling.facts]
    question = [_line(_run(telling.question, weight="Bolder"), separator=True)] if telling.question else []
    told = [_line(_run(f"“{quote}”", italic=True)) for quote in quotes]
    tail = [_line(_run(telling.tail, isSubtle=True))] if telling.tail else []
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": telling.summary,
        "msteams": {"width": "Full"},
        "body": [head, *lead, *facts, *question, *told, *tail],
    }
    if links := [_open(fact) for fact in telling.facts if fact.link]:
        card["actions"] = links
    return {"type": "message", "attachments": [{"contentType": CARD, "contentUrl": None, "content": card}]}


def _line(*runs: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401  (the card's own properties)
    """Runs of a rich text, which Teams shows as they are: a TextBlock would read Markdown in a customer's words."""
    return {"type": "RichTextBlock", "inlines": list(runs), **more}


def _run(text: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  (the card's own properties)
    return {"type": "TextRun", "text": text, **more}


def _open(fact: Fact) -> dict[str, Any]:
    return {"type": "Action.OpenUrl", "title": fact.value, "url": fact.link}
