"""Writes what the code knows better into docs/operations.md, between markers: metrics, and types of problems."""

from __future__ import annotations

import sys
from pathlib import Path

from service.observability.metric_table import METRICS
from service.web import problems

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
HTTP = (
    (400, "bad-request", "The request cannot be read."),
    (404, "not-found", "No such route."),
    (405, "method-not-allowed", "The route is there, for the methods of `Allow`."),
    (413, "request-entity-too-large", "The body is larger than 4 MiB."),
    (415, "unsupported-media-type", "The body is not JSON."),
)


def metrics() -> str:
    rows = [f"| `{m.name}` | {m.kind} | {' '.join(f'`{name}`' for name in m.labels)} | {m.text} |" for m in METRICS]
    return "\n".join(["| metric | kind | labels | what it is |", "|---|---|---|---|", *rows])


def types() -> str:
    known = {*problems.PROBLEMS.values(), problems.HOST_REJECTED, problems.HOST_REQUEST, problems.INTERNAL}
    listed = [(p.status, p.slug, f"{p.title}. {p.detail}") for p in known] + list(HTTP)
    rows = [f"| {status} | `{slug}` | {text} |" for status, slug, text in sorted(listed)]
    return "\n".join(["| status | type | meaning |", "|---|---|---|", *rows])


TABLES = {"metrics": metrics, "problems": types}


def filled(text: str) -> str:
    """The page with its tables. Raises ValueError where a marker is missing."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{PAGE.name} must hold {begin} and {end}")
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


def main() -> int:
    text = PAGE.read_text("utf-8")
    new = filled(text)
    if "--check" in sys.argv[1:]:
        return int(new != text)
    PAGE.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
