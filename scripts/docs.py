"""Writes into docs/ what the code knows better: options, metrics, problems, and the picture of the rooms.

Each table stands between two markers, `<!-- name -->` and `<!-- /name -->`. `--check` only tells whether all are there.
"""

from __future__ import annotations

import configparser
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import grimp

from service.crm.options import CRM_OPTIONS
from service.observability.metric_table import METRICS
from service.options.option_table import OPTIONS
from service.web import problems
from service.web.headers import LARGEST_BODY

if TYPE_CHECKING:
    from service.options.option_table import Option

ROOT = Path(__file__).resolve().parents[1]
COMMON = {"clock", "ports", "survey"}  # what nearly every room imports
HTTP = (
    (400, "bad-request", "The request cannot be read."),
    (404, "not-found", "No such route."),
    (405, "method-not-allowed", "The route is there, for the methods of `Allow`."),
    (413, "request-entity-too-large", f"The body is larger than {LARGEST_BODY >> 20} MiB, or than a route takes."),
    (415, "unsupported-media-type", "The body is not JSON."),
)


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in [head, *rows]]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def default(option: Option) -> str:
    """How the table tells an option's default."""
    if option.required:
        return "needed"
    return f"`{option.default}`" if option.default else "–"  # noqa: RUF001  (a dash in a table)


def options() -> str:
    rows: list[tuple[object, ...]] = [(f"`{option.name}`", default(option), option.text) for option in OPTIONS]
    return _table(("option", "default", "what it is"), rows)


def crm_options() -> str:
    return _table(("option", "what it is"), [(f"`{name}`", text) for name, text in CRM_OPTIONS])


def metrics() -> str:
    rows: list[tuple[object, ...]] = [
        (f"`{m.name}`", m.kind, " ".join(f"`{label}`" for label in m.labels), m.text) for m in METRICS
    ]
    return _table(("metric", "kind", "labels", "what it is"), rows)


def types() -> str:
    known = {*problems.PROBLEMS.values(), problems.HOST_REJECTED, problems.HOST_REQUEST, problems.INTERNAL}
    listed = [(p.status, p.slug, f"{p.title}. {p.detail}") for p in known] + list(HTTP)
    rows: list[tuple[object, ...]] = [(status, f"`{slug}`", text) for status, slug, text in sorted(listed)]
    return _table(("status", "type", "meaning"), rows)


def layers() -> list[list[str]]:
    """The rooms, highest first, as the import contract names them."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lines = contracts["importlinter:contract:layers"]["layers"].split("\n")
    return [[room.strip() for room in line.replace(":", "|").split("|")] for line in lines if line.strip()]


def picture() -> str:
    """The rooms by layer, and an arrow for each pair of which one imports the other, as Mermaid. COMMON is left out."""
    graph, rooms = grimp.build_graph("service", cache_dir=None), [room for layer in layers() for room in layer]
    packages = {room: f"service.{room}" for room in rooms}
    lines = ["```mermaid", "flowchart TD"]
    for number, layer in enumerate(layers()):
        lines += [f"  subgraph L{number}[ ]", "    direction LR", *(f"    {room}" for room in layer), "  end"]
    for room in rooms:
        for other in rooms:
            if (
                other != room
                and other not in COMMON
                and graph.direct_import_exists(importer=packages[room], imported=packages[other], as_packages=True)
            ):
                lines.append(f"  {room} --> {other}")
    return "\n".join([*lines, "```"])


def rooms() -> str:
    """What each room is for, by its own first sentence."""
    rows: list[tuple[object, ...]] = []
    for room in (room for layer in layers() for room in layer):
        module = importlib.import_module(f"service.{room}") if room != "wsgi" else None
        text = (module.__doc__ or "").strip().split("\n")[0] if module else "The web server's target."
        folder = (ROOT / "service" / room).is_dir()
        rows.append((f"`{room}{'/' if folder else '.py'}`", text))
    return _table(("room", "what it is for"), rows)


PAGES = {
    "docs/options.md": {"options": options, "crm options": crm_options},
    "docs/operations.md": {"metrics": metrics, "problems": types},
    "docs/architecture.md": {"picture": picture, "rooms": rooms},
}


def filled(page: str, text: str) -> str:
    """The page with its tables. Raises ValueError where a marker is missing."""
    for name, table in PAGES[page].items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{page} must hold {begin} and {end}, once each")
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


def main() -> int:
    stale = 0
    for page in PAGES:
        path = ROOT / page
        text = path.read_text("utf-8")
        new = filled(page, text)
        stale |= new != text
        if "--check" not in sys.argv[1:]:
            path.write_text(new, "utf-8")
    return int(stale and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
