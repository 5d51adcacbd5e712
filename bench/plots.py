"""Plots as SVG without a library: the same bytes for the same figures, readable on light and dark pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 230, 90, 46, 30
STYLE = (
    "<style>text{font:13px system-ui,sans-serif;fill:#57606a}.t{font-size:15px;font-weight:600;fill:#1f2328}"
    ".o{fill:#0969da}.b{fill:#afb8c1}.a{stroke:#d0d7de}.l{fill:none;stroke:#0969da;stroke-width:2}.f{fill:#ffebe9}"
    "@media(prefers-color-scheme:dark){text{fill:#8d96a0}.t{fill:#e6edf3}.b{fill:#484f58}.a{stroke:#30363d}"
    ".o{fill:#4493f8}.l{stroke:#4493f8}.f{fill:#3d1518}}</style>"
)


def _picture(title: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">'
    )
    return "\n".join([head, STYLE, f'<text class="t" x="12" y="24">{escape(title)}</text>', *parts, "</svg>", ""])


def bars(path: Path, title: str, figures: Mapping[str, float], *, ours: Sequence[str], unit: str = "") -> None:
    """One bar for each figure, the service's own in colour."""
    most = max(figures.values()) or 1.0
    parts = []
    for place, (name, figure) in enumerate(figures.items()):
        y = TOP + place * ROW
        width = (WIDTH - LEFT - RIGHT) * figure / most
        shown = f"{figure:,.0f}" if figure >= 10 else f"{figure:.2f}"
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{"o" if name in ours else "b"}" x="{LEFT}" y="{y}" width="{width:.1f}" height="20" rx="2"/>',
            f'<text x="{LEFT + width + 8:.1f}" y="{y + 15}">{shown}{escape(unit)}</text>',
        ]
    path.write_text(_picture(title, TOP + len(figures) * ROW + 10, parts), "utf-8")


def line(
    path: Path, title: str, points: Sequence[tuple[float, float]], *, shaded: tuple[float, float], what: str, unit: str
) -> None:
    """A line over seconds; `shaded` is the time of `what`."""
    height, bottom, left = 280, 240, 60
    last, most = points[-1][0], max(y for _, y in points) * 1.15

    def x(second: float) -> float:
        return left + (WIDTH - left - 20) * second / last

    def y(figure: float) -> float:
        return bottom - (bottom - TOP) * figure / most

    path_of = " ".join(f"{'L' if at else 'M'}{x(s):.1f},{y(f):.1f}" for at, (s, f) in enumerate(points))
    width = x(shaded[1]) - x(shaded[0])
    parts = [
        f'<rect class="f" x="{x(shaded[0]):.1f}" y="{TOP}" width="{width:.1f}" height="{bottom - TOP}"/>',
        f'<text x="{x(shaded[0]) + 8:.1f}" y="{TOP + 18}">{escape(what)}</text>',
        f'<line class="a" x1="{left}" y1="{bottom}" x2="{WIDTH - 20}" y2="{bottom}"/>',
        f'<path class="l" d="{path_of}"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        figure = most / 1.15 * share
        parts.append(
            f'<text x="{left - 8}" y="{y(figure) + 4:.1f}" text-anchor="end">{figure:.1f}{escape(unit)}</text>'
        )
    parts += [
        f'<text x="{x(s):.1f}" y="{bottom + 20}" text-anchor="middle">{s:.0f} s</text>' for s in (0, last / 2, last)
    ]
    path.write_text(_picture(title, height, parts), "utf-8")
