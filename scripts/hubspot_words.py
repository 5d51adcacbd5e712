"""Writes what HubSpot's card says, `examples/hubspot/src/app/cards/words.js`, from the card's own texts.

HubSpot runs the card's code on its side, so that its words must lie there. A test holds the file to what stands here.
"""

from __future__ import annotations

import json
from pathlib import Path

from service.crm.words import load_words
from service.widget.texts import load_texts

FILE = Path(__file__).parents[1] / "examples" / "hubspot" / "src" / "app" / "cards" / "words.js"
# Whatever satisfaction.js asks for, by how a text's key begins.
BEGINNINGS = (
    "locale", "score", "band.", "contact", "trend.", "low_", "last_scored", "comment", "reason.", "state.never",
    "state.no_score", "state.starting", "state.unavailable", "fresh.as_of", "fresh.now", "fresh.st",
)  # fmt: skip
HEAD = "// Made by `make docs` from service/widget/texts and service/crm/words.json: change the words there.\n"
WIDTH = 116


def written() -> str:
    """The file's text: a table of words by language, several to a line."""
    labels = load_words()
    languages = []
    for language, texts in load_texts().items():
        words = {key: text for key, text in texts.words.items() if key.startswith(BEGINNINGS)}
        words["no_customer"] = labels[language]["no_customer"]
        languages.append(f"  {language}: {{\n" + "".join(f"    {line}\n" for line in _lines(words)) + "  },\n")
    return HEAD + "export const WORDS = {\n" + "".join(languages) + "};\n"


def _lines(words: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for key, text in words.items():
        pair = f"{json.dumps(key)}: {json.dumps(text, ensure_ascii=False)},"
        if lines and len(lines[-1]) + len(pair) < WIDTH:
            lines[-1] += " " + pair
        else:
            lines.append(pair)
    return lines


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
    print(FILE)
