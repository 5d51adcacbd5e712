"""Texts that are too long to be kept whole, pure."""

from __future__ import annotations

LONGEST_TEXT = 64 * 2**10  # bytes in UTF-8; the rest of a longer text is not kept
SURELY_SHORT = LONGEST_TEXT // 4  # characters; one takes at most four bytes
_CUT = "…"
_ROOM = LONGEST_TEXT - len(_CUT.encode())


def cut(text: str) -> str:
    """The text, or as much of its beginning as may be kept, followed by an ellipsis."""
    if len(text) <= SURELY_SHORT:
        return text
    encoded = text.encode("utf-8", "surrogatepass")
    return text if len(encoded) <= LONGEST_TEXT else encoded[:_ROOM].decode("utf-8", "ignore") + _CUT


def was_cut(text: str) -> bool:
    """Whether `cut` seems to have shortened a text: it has that length, and the ellipsis at its end."""
    # A cut inside a character drops up to three more bytes.
    if len(text) < SURELY_SHORT - 1 or not text.endswith(_CUT):
        return False
    return len(text.encode("utf-8", "surrogatepass")) >= LONGEST_TEXT - 3
