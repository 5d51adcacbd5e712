"""What the import rules cannot see: that what is pure reads no clock and opens nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[3] / "service"
PURE = sorted(
    [
        *(SERVICE / "survey").rglob("*.py"),
        *(SERVICE / "store" / f"{name}.py" for name in ("codec", "keys", "filing/plan")),
        SERVICE / "cache" / "freshness.py",
        *(SERVICE / "netigate" / f"{name}.py" for name in ("policy", "protocol")),
    ]
)
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter"}
OPENERS = {"open", "print", "input", "exec", "eval", "__import__"}


def calls(source: str) -> set[str]:
    """Names of what is called, and of attributes that are called."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            found.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return found


def test_the_look_sees():
    assert calls("datetime.now(UTC); open('x'); a.b.today()") == {"now", "open", "today"}


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(SERVICE)))
def test_pure_modules_read_no_clock_and_open_nothing(path):
    assert not calls(path.read_text()) & (CLOCKS | OPENERS)


def test_there_is_something_to_look_at():
    assert len(PURE) > 20
