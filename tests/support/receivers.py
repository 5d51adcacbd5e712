"""Stand-ins for where alerts go, each refusing what the real one refuses. Everything that arrived is kept."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from standardwebhooks import Webhook, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXT, BLOCKS, HEADER, FIELDS, FIELD, ELEMENTS, BLOCK_ID = 3000, 50, 150, 10, 2000, 10, 255  # Slack's reference
CARD_BYTES = 28 * 1024  # Teams' limit of a message
CARD = "application/vnd.microsoft.card.adaptive"


def wrong_for_slack(body: bytes) -> str | None:
    """The word with which an incoming webhook refuses a message; None where it takes it."""
    try:
        message = json.loads(body)
    except ValueError:
        return "invalid_payload"
    if not isinstance(message, dict) or not (message.get("text") or message.get("blocks")):
        return "no_text"
    blocks = message.get("blocks", [])
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    fine = (
        len(blocks) <= BLOCKS
        and len(ids) == len(set(ids))
        and all(0 < len(identifier) <= BLOCK_ID for identifier in ids)
        and all(_CHECKS.get(block.get("type"), lambda _: False)(block) for block in blocks)
    )
    return None if fine else "invalid_blocks"


def _is_text(text: dict[str, Any], most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> bool:
    known = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
    return text["type"] in kinds and set(text) <= known[text["type"]] and 0 < _units(text["text"]) <= most


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _is_section(block: dict[str, Any]) -> bool:
    fields = block.get("fields", [])
    return (
        set(block) <= {"type", "block_id", "text", "fields"}
        and ("text" in block or bool(fields))
        and ("text" not in block or _is_text(block["text"], TEXT))
        and len(fields) <= FIELDS
        and all(_is_text(text, FIELD) for text in fields)
    )


_CHECKS: dict[str | None, Callable[[dict[str, Any]], bool]] = {
    "header": lambda block: _is_text(block["text"], HEADER, ("plain_text",)),
    "section": _is_section,
    "context": lambda block: (
        0 < len(block["elements"]) <= ELEMENTS and all(_is_text(text, TEXT) for text in block["elements"])
    ),
    "divider": lambda _: True,
}


def wrong_for_teams(body: bytes) -> str | None:
    """Why a workflow would not show a message; None where it does. Real ones say 202 to the old forms all the same."""
    if len(body) > CARD_BYTES:
        return "RequestEntityTooLarge"
    try:
        message = json.loads(body)
        (attachment,) = message["attachments"]
        card = attachment["content"]
    except (ValueError, KeyError, TypeError):
        return "TriggerInputSchemaMismatch"
    if message["type"] != "message" or attachment["contentType"] != CARD or card["type"] != "AdaptiveCard":
        return "TriggerInputSchemaMismatch"
    known = {"TextBlock", "RichTextBlock"}
    fine = card["version"] in {f"1.{minor}" for minor in range(6)} and bool(card["body"])
    fine = fine and all(element["type"] in known for element in card["body"])
    runs = [run for element in card["body"] for run in element.get("inlines", [])]
    fine = fine and all(run["type"] == "TextRun" and run["text"] for run in runs)
    opens = card.get("actions", [])
    fine = fine and all(a["type"] == "Action.OpenUrl" and a["url"].startswith("https://") for a in opens)
    return None if fine else "BadCard"


def wrong_for_webhook(body: bytes) -> str | None:
    """Verifies the signature with the library."""
    try:
        Webhook(SECRET).verify(body, dict(request.headers))
    except WebhookVerificationError:
        return "bad signature"
    return None


@dataclass
class Receiver:
    """A destination. `reply`: what to answer instead of taking a message (a status, headers), while it is set."""

    wrong: Callable[[bytes], str | None]
    taken_status: int = 200
    reply: Callable[[bytes], Response | None] | None = None
    taken: list[tuple[str, Any]] = field(default_factory=list)  # id and document
    refused: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def app(self) -> Flask:
        app = Flask("receiver")

        @app.post("/hook")
        def receive() -> Response:
            self.asked += 1
            body = request.get_data()
            if self.reply and (answer := self.reply(body)):
                return answer
            if why := self.wrong(body):
                self.refused.append(why)
                return Response(why, status=400)
            self.taken.append((request.headers["webhook-id"], json.loads(body)))
            return Response("ok", status=self.taken_status)

        return app

    @property
    def ids(self) -> list[str]:
        return [identifier for identifier, _ in self.taken]

    @property
    def told(self) -> Counter[str]:
        """Ids of changes, with how often each was told: alone or in a digest of the webhook."""
        found: Counter[str] = Counter()
        for identifier, document in self.taken:
            found.update(document.get("data", {}).get("ids") or [identifier])
        return found


def slack() -> Receiver:
    return Receiver(wrong_for_slack)


def teams() -> Receiver:
    return Receiver(wrong_for_teams, taken_status=202)


def webhook() -> Receiver:
    return Receiver(wrong_for_webhook, taken_status=204)
