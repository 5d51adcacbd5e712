"""What was seen, as the README's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = (
    "fault",
    "sent",
    "200",
    "of them stale",
    "503 + Retry-After",
    "failed",
    "slowest",
    "p99",
    "p99 healthy",
    "fresh again after",
)
BEGIN, END = "<!-- chaos -->", "<!-- /chaos -->"
NOTES = """\
`make chaos` makes this table: two web processes, a sweeper, the simulator and a real Valkey, in processes of their own
on a machine of two cores that also makes the load (eight kept connections, about 200 requests a second over 40
customers and 8 respondents, and one request in 12 for a customer that no process has seen). A fault lasts for
{seconds:g} s; the figures are those from its begin until the service is `fresh` again by itself. Answers older than 3 s
count as stale here, so that the difference shows. *Failed* is anything but a 200 whose `Age` and body agree or, for a
customer that the process has no copy of, a 503 with Retry-After while the store is away. A request whose kept
connection was closed is sent once more on a new one, as every HTTP client does; so often that happened: {resent}.
"""


def table(rows: Sequence[dict[str, Any]]) -> str:
    """As Markdown."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---|" + "---:|" * (len(HEAD) - 1)]
    for row in rows:
        again = f"{row['fresh_after']:.1f} s" if row["fresh_after"] != float("inf") else "never"
        failed = str(row["failed"]) + (f" ({_kinds(row['failures'])})" if row["failures"] else "")
        cells = [
            row["fault"], row["sent"], row["ok"], row["stale"], row["waited"], failed, f"{row['slowest']:.0f} ms",
            f"{row['p99']:.1f} ms", f"{row['healthy_p99']:.1f} ms", again,
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _kinds(failures: dict[str, int]) -> str:
    return ", ".join(f"{count} × {kind}" for kind, count in sorted(failures.items()))


def document(rows: Sequence[dict[str, Any]], seconds: float = 8.0) -> str:
    """The page, with the part for the README between its markers."""
    resent = ", ".join(f"{row['fault']} {row['resent']}" for row in rows if row["resent"]) or "never"
    notes = NOTES.format(seconds=seconds, resent=resent)
    return f"# What faults cost a reader\n\n{BEGIN}\n{table(rows)}\n{END}\n\n{notes}"
