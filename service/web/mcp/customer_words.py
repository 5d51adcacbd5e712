"""Marks what customers wrote, so that an assistant can tell it from what this service says.

A respondent may write instructions to whoever reads the answers; free text is therefore fenced, and cannot close
its own fence.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

FENCE: Final = "customer_words"
# Characters that are not seen and can carry text all the same: tags, and marks that turn the direction of reading.
_UNSEEN = re.compile("[\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069]")


def fenced(text: str) -> str:
    return f"<{FENCE}>{escape(_UNSEEN.sub('', text), quote=False)}</{FENCE}>"


def mark(document: Any) -> Any:  # noqa: ANN401  (JSON)
    """The document with every free text of a customer's fenced: `comments`, and the `answer` of a comment."""
    if isinstance(document, list):
        return [mark(part) for part in document]
    if not isinstance(document, dict):
        return document
    marked = {name: mark(value) for name, value in document.items()}
    if document.get("comment") is True and isinstance(document.get("answer"), str):
        marked["answer"] = fenced(document["answer"])
    if isinstance(document.get("comments"), list):
        marked["comments"] = [fenced(str(text)) for text in document["comments"]]
    return marked
