"""Writes the table of options into README.md, between its markers; `--check` only tells whether it is there."""

from __future__ import annotations

import sys
from pathlib import Path

from service.crm.options import CRM_OPTIONS
from service.options.settings import OPTIONS, Option

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- options -->", "<!-- /options -->"


def default(option: Option) -> str:
    if option.required:
        return "needed"
    return f"`{option.default}`" if option.default else "–"  # noqa: RUF001  (a dash in a table)


def table() -> str:
    """Markdown, one row for each option, in the order in which they are read; then those of the CRM hosts."""
    rows = [f"| `{option.name}` | {default(option)} | {option.text} |" for option in OPTIONS]
    hosts = [f"| `{name}` | {text} |" for name, text in CRM_OPTIONS]
    return "\n".join(
        [
            "| option | default | what it is |",
            "|---|---|---|",
            *rows,
            "",
            "| CRM hosts | what it is |",
            "|---|---|",
            *hosts,
        ]
    )


def filled(text: str) -> str:
    """The text with the table between its markers. Raises ValueError where they are not there once each."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError(f"README.md must hold {BEGIN} and {END}, once each")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    text = README.read_text("utf-8")
    new = filled(text)
    if "--check" in sys.argv[1:]:
        return int(new != text)
    README.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
