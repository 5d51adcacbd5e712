"""Leaves out of an image what Babel knows of languages that no card is written in: some 30 MB of 33.

Run by the Python whose Babel it is; keeps each card's locale with those that it inherits from.
"""

from __future__ import annotations

from pathlib import Path

import babel
from babel.core import get_global

from service.widget.texts import load_texts

DATA = Path(babel.__file__).parent / "locale-data"


def line(locale: str) -> list[str]:
    """A locale and all that it inherits from."""
    named = get_global("parent_exceptions").get(locale)
    parent = named or (locale.rpartition("_")[0] or "root")
    return [locale] if locale == "root" else [locale, *line(parent)]


def main() -> None:
    kept = {name for texts in load_texts().values() for name in line(texts.locale.replace("-", "_"))}
    for path in DATA.glob("*.dat"):
        if path.stem not in kept:
            path.unlink()
    print(f"locales kept: {', '.join(sorted(kept))}")


if __name__ == "__main__":
    main()
