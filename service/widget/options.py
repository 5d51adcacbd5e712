"""Options of the card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WidgetOptions:
    """Options of the card. `origins` are those that the API answers across origins; `token_seconds` a token's life."""

    secret: str
    frame_ancestors: tuple[str, ...]
    origins: tuple[str, ...]
    token_seconds: int
    public_url: str | None
    demo: bool
