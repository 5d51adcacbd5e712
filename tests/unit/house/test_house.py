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


ROOT = SERVICE.parent
HARNESS = ROOT / "tests" / "harness"
USERS = sorted(path for name in ("bench", "chaos", "scripts", "tests") for path in (ROOT / name).rglob("*.py"))
BY_HAND = {"Popen", "serve_forever", "make_server", "get_binary_path"}
# What is tested there is how processes are started.
STARTERS = ROOT / "tests" / "unit" / "process"


def test_tests_bench_and_chaos_start_processes_by_the_harness_alone():
    others = [path for path in USERS if not {HARNESS, STARTERS} & set(path.parents)]
    assert len(others) > 100
    found = {path: calls(path.read_text()) & BY_HAND for path in others}
    assert {str(path.relative_to(ROOT)): names for path, names in found.items() if names} == {}


LONGEST_FILE, LONGEST_FUNCTION, MOST_MODULES, MOST_LOOSE = 250, 40, 12, 5
MODULES = sorted(SERVICE.rglob("*.py"))
FOLDERS = sorted(
    {path.parent for path in [*MODULES, *(ROOT / "tests").rglob("*.py")] if "node_modules" not in path.parts}
)


def modules(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.py") if path.name not in {"__init__.py", "__main__.py"}]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SERVICE)))
def test_a_file_is_read_in_one_go(path):
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    long = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_is_seen_at_a_glance(folder):
    assert len(modules(folder)) <= (MOST_LOOSE if folder == SERVICE else MOST_MODULES)
