"""Pages of the feeds: their cursors, as callers get them, and what a page may cost."""

from __future__ import annotations

import base64
import binascii

from service.survey.errors import BadCursorError

LOOK_AT = 2000  # entries passed over by filters before a page ends early, so that no page costs more than another


def encode_cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """Raises BadCursorError."""
    try:
        found = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        raise BadCursorError from None
    split = found.split("\n", parts - 1)
    if len(split) != parts:
        raise BadCursorError
    return split
