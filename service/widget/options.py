"""Options of the card."""

from __future__ import annotations

from dataclasses import dataclass

OLD_AFTER_DAYS = 180.0
MIN_SECRET_BYTES = 32  # RFC 7518, 3.2: a key as long as the hash
MAX_LIFETIME_SECONDS = 86_400  # no token can be revoked, so none may be good for longer


@dataclass(frozen=True, slots=True)
class WidgetOptions:
    """Options of the card. `origins`: those whose pages may call the API (CORS). `token_seconds`: a token's life.

    `contact_url`: the template of a person's URL in the CRM (`card.links`). `old_after_days`: when an answer is old.
    """

    secret: str
    frame_ancestors: tuple[str, ...]
    origins: tuple[str, ...]
    token_seconds: int
    public_url: str | None
    demo: bool
    contact_url: str | None = None
    old_after_days: float = OLD_AFTER_DAYS
