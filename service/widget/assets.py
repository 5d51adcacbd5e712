"""What the card is made of, read once: texts, icons, styles and scripts, with their cache keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from service.widget.card.figures import NPS_CLASS
from service.widget.texts import DAY_SECONDS, HERE, MOST, UNITS, Texts, load_icons, load_texts
from service.widget.view import BANDS, PLAIN, Manner

if TYPE_CHECKING:
    from collections.abc import Mapping

MIME = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One public file. It holds nothing about any customer, so any origin may read it."""

    body: bytes
    mime: str

    @property
    def version(self) -> str:
        """A short digest: the ETag, and part of URLs so that no cache serves an old release's file."""
        return sha256(self.body).hexdigest()[:12]


@dataclass(frozen=True)
class Assets:
    """Texts by language, icons by name, and files by name. `base` is the path under which browsers find the service."""

    texts: Mapping[str, Texts]
    icons: Mapping[str, str]
    files: Mapping[str, Asset]
    base: str = ""
    manner: Manner = PLAIN

    @cached_property
    def bundles(self) -> dict[str, Asset]:
        """Pack, for each language, all that embed.js needs, so that the component makes one request."""
        shared = {
            "icons": dict(self.icons),
            "css": self.files["card.css"].body.decode(),
            "bands": BANDS,
            "units": UNITS,
            "nps": {str(band): name for band, name in NPS_CLASS.items()},
            "most": MOST,
            "url": self.manner.contact_url,
            "old": self.manner.old_after_days * DAY_SECONDS,
        }
        return {
            lang: Asset(orjson.dumps({"texts": dict(texts.words), **shared}), MIME["json"])
            for lang, texts in self.texts.items()
        }


def load_assets(public_url: str | None = None, manner: Manner = PLAIN) -> Assets:
    """Read the card's files from the package. The path of `public_url` is put before every URL in a page."""
    files = {path.name: Asset(path.read_bytes(), MIME[path.suffix[1:]]) for path in sorted(HERE.glob("static/*"))}
    return Assets(load_texts(), load_icons(), files, urlsplit(public_url or "").path.rstrip("/"), manner)
