"""Marks what customers wrote, so that an assistant can tell it from what this service says.

A respondent may write instructions to the assistant. Free text is therefore fenced, and escaped so that it cannot close
its fence.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

FENCE: Final = "customer_words"
# Invisible characters that can hide text: tag characters and variation selectors, marks that change the reading
# direction, and others without a width. Joiners stay, which Persian and emoji need.
_UNSEEN = re.compile("[\U000e0000-\U000e0fff\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def fenced(text: str) -> str:
    return f"<{FENCE}>{escape(_UNSEEN.sub('', text), quote=False)}</{FENCE}>"


def mark(document: Any) -> Any:  # noqa: ANN401  (JSON)
    """The document with customers' free text fenced: `comments`, and the `answer` of a comment."""
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
