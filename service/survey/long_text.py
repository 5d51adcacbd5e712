"""Texts that are too long to be kept whole, pure."""

from __future__ import annotations

LONGEST_TEXT = 64 * 2**10  # bytes in UTF-8; nothing longer is kept of any text
SURELY_SHORT = LONGEST_TEXT // 4  # characters, of four bytes at most
_CUT = "…"
_ROOM = LONGEST_TEXT - len(_CUT.encode())


def cut(text: str) -> str:
    """The text, or as much of its beginning as may be kept, with an ellipsis that says so."""
    if len(text) <= SURELY_SHORT:
        return text
    encoded = text.encode("utf-8", "surrogatepass")
    return text if len(encoded) <= LONGEST_TEXT else encoded[:_ROOM].decode("utf-8", "ignore") + _CUT


def was_cut(text: str) -> bool:
    """Whether a text is as long as `cut` makes those that are too long, and ends as they do."""
    # The cut may have fallen within a character, of which up to three bytes go.
    if len(text) < SURELY_SHORT - 1 or not text.endswith(_CUT):
        return False
    return len(text.encode("utf-8", "surrogatepass")) >= LONGEST_TEXT - 3
