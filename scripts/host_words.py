"""Writes what the hosts' own code says, in `examples/`, from the card's own texts.

That code runs at the host, so that its words must lie there. A test holds the files to what stands here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from service.crm.pipedrive.panel import FIELDS
from service.crm.words import load_words
from service.widget.texts import load_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES = Path(__file__).parents[1] / "examples"
SOURCE = "Made by `make docs` from service/widget/texts and service/crm/words.json: change the words there."
WIDTH = 116
# Whatever HubSpot's satisfaction.js asks for, by how a text's key begins.
HUBSPOT = (
    "locale", "score", "band.", "nps.", "contact", "trend.", "low_", "last_", "comment", "reason.", "state.never",
    "state.no_score", "state.starting", "state.unavailable", "fresh.as_of", "fresh.now", "fresh.st", "yesterday",
    "days_ago",
)  # fmt: skip
WRAPPER = ("no_customer", "unavailable")  # what a page around the card says where there is no card
PANEL = ("title", *(f"state.{state}{part}" for state in ("no_customer", "expired", "invalid", "unavailable")
                    for part in ("", ".text")), "reload")  # fmt: skip
# Windows' number of each language, as Dynamics names its files.
LOCALES = {"en": 1033, "da": 1030, "de": 1031, "fi": 1035, "fr": 1036, "nl": 1043, "no": 1044, "sv": 1053, "es": 3082}
BEGIN, END = "// <words>", "// </words>"

Table = dict[str, dict[str, str]]


def written() -> dict[Path, str]:
    """Every file's text, by its path."""
    words = _words()
    wrapper = _chosen(words, WRAPPER)
    form = _chosen(words, (*WRAPPER, "save_first"))
    cards = EXAMPLES / "hubspot" / "src" / "app" / "cards" / "words.js"
    files = {
        cards: f"// {SOURCE}\nexport const WORDS = {{\n{_rows(_hubspot(words), 2)}}};\n",
        EXAMPLES / "limecrm" / "frontend" / "words.ts": _lime(wrapper),
        EXAMPLES / "superoffice" / "words.json": _json(_chosen(words, PANEL)),
    }
    scripts = {
        EXAMPLES / "freshworks" / "app" / "scripts" / "app.js": wrapper,
        EXAMPLES / "dynamics365" / "webresources" / "satisfaction.js": form,
    }
    files |= {path: _between(path.read_text("utf-8"), table) for path, table in scripts.items()}
    strings = EXAMPLES / "dynamics365" / "pcf" / "Satisfaction" / "strings"
    files |= {strings / f"Satisfaction.{number}.resx": _resx(words[lang]) for lang, number in LOCALES.items()}
    folder = EXAMPLES / "pipedrive"
    return files | {folder / f"panel.{lang}.json": _json(_schema(own)) for lang, own in words.items()}


def _words() -> Table:
    """The card's texts and the hosts' labels of every language, under one roof; a label goes before a text."""
    labels = load_words()
    return {
        lang: dict(texts.words) | labels[lang] | {"unavailable": texts.words["state.unavailable.text"]}
        for lang, texts in load_texts().items()
    }


def _chosen(words: Table, keys: Iterable[str]) -> Table:
    return {lang: {key: own[key] for key in keys} for lang, own in words.items()}


def _hubspot(words: Table) -> Table:
    texts = load_texts()
    return {
        lang: {key: text for key, text in texts[lang].words.items() if key.startswith(HUBSPOT)}
        | {"no_customer": own["no_customer"]}
        for lang, own in words.items()
    }


def _schema(words: Mapping[str, str]) -> dict[str, object]:
    """The structure that Pipedrive is given: what each field of a panel is, and what it is called."""
    fields = {name: {"$ref": f"#/definitions/{kind}", "label": words[name]} for name, kind in FIELDS.items()}
    return {"type": "object", "required": ["id"], "properties": {"id": {"$ref": "#/definitions/numerical"}, **fields}}


def _lime(table: Table) -> str:
    keys = " | ".join(f"'{key}'" for key in WRAPPER)
    rows = _rows(table, 4)
    return f"// {SOURCE}\nexport type Word = {keys};\n\nexport const WORDS: {{ [language: string]: Record<Word, string> }} = {{\n{rows}}};\n"  # noqa: E501


def _between(script: str, table: Table) -> str:
    """A script with its table of words between the two marks anew."""
    head, rest = script.split(f"  {BEGIN}\n")
    tail = rest.split(f"  {END}\n")[1]
    return f"{head}  {BEGIN}\n  // {SOURCE}\n  const WORDS = {{\n{_rows(table, 4)}  }};\n  {END}\n{tail}"


def _rows(table: Table, indent: int) -> str:
    """Several words to a line, languages apart."""
    edge = " " * indent
    text = ""
    for lang, own in table.items():
        text += f"{edge}{lang}: {{\n" + "".join(f"{edge}  {line}\n" for line in _lines(own)) + f"{edge}}},\n"
    return text


def _lines(words: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for key, text in words.items():
        pair = f"{json.dumps(key)}: {json.dumps(text, ensure_ascii=False)},"
        if lines and len(lines[-1]) + len(pair) < WIDTH:
            lines[-1] += " " + pair
        else:
            lines.append(pair)
    return lines


def _resx(words: Mapping[str, str]) -> str:
    told = {
        "title": words["title"], "description": words["title"], "column": "Column", "public_url": "PUBLIC_URL",
        "no_customer": words["no_customer"], "unavailable": words["unavailable"], "save_first": words["save_first"],
    }  # fmt: skip
    head = {
        "resmimetype": "text/microsoft-resx",
        "version": "2.0",
        "reader": "System.Resources.ResXResourceReader, System.Windows.Forms, Version=4.0.0.0",
        "writer": "System.Resources.ResXResourceWriter, System.Windows.Forms, Version=4.0.0.0",
    }
    rows = [f'  <resheader name="{name}"><value>{text}</value></resheader>' for name, text in head.items()]
    rows += [
        f'  <data name="{key}" xml:space="preserve"><value>{escape(text)}</value></data>' for key, text in told.items()
    ]
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!-- {SOURCE} -->\n<root>\n' + "\n".join(rows) + "\n</root>\n"


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(EXAMPLES))
