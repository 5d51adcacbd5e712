"""What was seen, as the tables of docs/chaos.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row: TypeAlias = "dict[str, Any]"


def _again(row: Row) -> str:
    return f"{row['heals_after']:.1f} s" if row["heals_after"] != float("inf") else "never"


# The columns of each table: the title and the cell. The first column is a name, all others are figures.
FAULT_COLUMNS: tuple[tuple[str, Callable[[Row], object]], ...] = (
    ("fault", lambda row: row["fault"]),
    ("sent", lambda row: row["sent"]),
    ("200", lambda row: row["ok"]),
    ("of them stale", lambda row: row["stale"]),
    ("503 + Retry-After", lambda row: row["waited"]),
    ("failed", lambda row: f"{row['failed']}" + (f" ({_kinds(row['failures'])})" if row["failures"] else "")),
    ("slowest", lambda row: f"{row['slowest']:.0f} ms"),
    ("p99", lambda row: f"{row['p99']:.1f} ms"),
    ("p99 healthy", lambda row: f"{row['healthy_p99']:.1f} ms"),
    ("fresh again after", _again),
)
MATRIX_COLUMNS: tuple[tuple[str, Callable[[Row], object]], ...] = (
    ("server, what was done", lambda row: f"{row['server']}, {row['deed']}"),
    ("answers", lambda row: row["answers"]),
    ("200", lambda row: row["ok"]),
    ("wrong", lambda row: row["wrong"]),
    ("lost", lambda row: row["lost"]),
    ("twice", lambda row: row["twice"]),
    ("5xx", lambda row: row["errors"]),
    ("well again after", _again),
)
BEGIN, END = "<!-- chaos -->", "<!-- /chaos -->"
MATRIX_BEGIN, MATRIX_END = "<!-- matrix -->", "<!-- /matrix -->"
MATRIX_NOTES = """\
Each row is a service as above over a server of its own, under the same load, while people answer four times a second.
*Hang*: three times 0.4 s, which is longer than a reader waits, of each of a process that is stopped, `CLIENT PAUSE`,
and (where a proxy stands before the server: plain, TLS, socket) replies that are held back, cut off, or half given and
the rest later. *Refuse*: 1.5 s of each of full memory, a disk that cannot be saved to, a read-only server (not in a
Sentinel set-up or a Cluster, which would choose another master), too few replicas, and `CLIENT PAUSE WRITE`. *Damage*:
three rounds, 4 s apart; in each, every family of keys ([operations.md](operations.md#damage)) is given another type,
cut short or given another version, of partitions and the like those of another third of the customers; over the rounds
each family is damaged in each way. *Kill*: 2 s without the server, or without its master.

*Wrong*: an answer for another customer or respondent than was asked for; none, or another than before (by its ETag),
for one who has answered and not again since; a customer told as gone by `/v1/customers/updates`. *Lost* and *twice*:
changes of the answers given meanwhile that `/v1/changes` never told, or told more than once. A reader whose cursor is
refused (410) begins anew, drops the ids it knows, and looks at the summaries for what was answered before, as the
problem says. *5xx*: 503 with Retry-After for customers that the process has no copy of, and any other failure. *Well
again*: `/readyz` has nothing to say, and every customer of the load is answered and `fresh`.
"""
NOTES = """\
`make chaos` makes this table: two web processes, a sweeper, the simulator and a real Valkey, in processes of their own
on a machine of two cores that also makes the load (eight kept connections, about 200 requests a second over 40
customers and 8 respondents, lists and batches, and one request in 12 for a customer that no process has seen). The web
server is granian, as `run` starts it, where the row does not say gunicorn. A fault lasts for {seconds:g} s; the figures
are those from its begin until the service is `fresh` again by itself. Answers older than 3 s count as stale here, so
that the difference shows. *Failed* is anything but a 200 whose `Age` and body agree and whose body is as before the
fault or, for a customer that the process has no copy of, a 503 with Retry-After while the store is away, or until what
was cut short is healed. A request whose kept connection was closed is sent once more on a new one, as every HTTP client
does; so often that happened: {resent}.
"""


def table(rows: Sequence[Row], columns: Sequence[tuple[str, Callable[[Row], object]]]) -> str:
    """As Markdown."""
    lines = ["| " + " | ".join(title for title, _ in columns) + " |", "|---|" + "---:|" * (len(columns) - 1)]
    lines += ["| " + " | ".join(str(cell(row)) for _, cell in columns) + " |" for row in rows]
    return "\n".join(lines)


def _kinds(failures: dict[str, int]) -> str:
    return ", ".join(f"{count} × {kind}" for kind, count in sorted(failures.items()))


def document(faults: Sequence[Row], matrix: Sequence[Row], seconds: float = 8.0) -> str:
    """The page."""
    resent = ", ".join(f"{row['fault']} {row['resent']}" for row in faults if row["resent"]) or "never"
    notes = NOTES.format(seconds=seconds, resent=resent)
    parts = [
        "# What faults cost a reader",
        f"{BEGIN}\n{table(faults, FAULT_COLUMNS)}\n{END}",
        notes,
        "## Every kind of server, hung, refusing, damaged and killed",
        f"{MATRIX_BEGIN}\n{table(matrix, MATRIX_COLUMNS)}\n{MATRIX_END}",
        MATRIX_NOTES,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"
