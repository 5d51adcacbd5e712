"""Documentation against the code: every option, route, metric, problem, event and exit status; every link and file."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import click
import pytest
import yaml

from service.cli import main
from service.crm.options import CRM_OPTIONS
from service.observability import metric_table
from service.options.option_table import OPTIONS
from service.web import problems
from service.web.contract.openapi import OPERATIONS
from service.web.operations.access_log import template
from tests.support.edge import Edge

CONTEXT = click.Context(main)
ROOT = Path(__file__).parents[3]
PAGES = {path: path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]}
WRITTEN = "\n".join(PAGES.values())
OPERATIONS_PAGE = PAGES[ROOT / "docs" / "operations.md"]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "docs.py"))
_METRIC = re.compile(r"netigate_results_\w+")


@pytest.mark.parametrize("page", SCRIPT["PAGES"])
def test_the_tables_are_as_the_script_writes_them(page):
    text = (ROOT / page).read_text("utf-8")
    assert SCRIPT["filled"](page, text) == text, "run `make docs`"


def test_a_page_without_markers_is_told_so():
    with pytest.raises(ValueError, match="must hold"):
        SCRIPT["filled"]("docs/options.md", "nothing")


def test_the_picture_shows_each_room_and_only_downward_arrows():
    rooms = [room for layer in SCRIPT["layers"]() for room in layer]
    arrows = re.findall(r"^  (\w+) --> (\w+)$", SCRIPT["picture"](), re.MULTILINE)
    assert ("web", "cache") in arrows
    assert [(a, b) for a, b in arrows if rooms.index(a) > rooms.index(b)] == []
    assert re.findall(r"^\| `(\w+)", SCRIPT["rooms"](), re.MULTILINE) == rooms


@pytest.mark.parametrize("name", [option.name for option in OPTIONS] + [name for name, _ in CRM_OPTIONS])
def test_every_option_is_documented(name):
    assert f"`{name}`" in WRITTEN


@pytest.mark.parametrize("metric", metric_table.METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_documented(metric):
    assert f"| `{metric.name}` | {metric.kind} |" in OPERATIONS_PAGE


def test_every_problem_is_documented():
    slugs = {problem.slug for problem in problems.PROBLEMS.values()}
    slugs |= {value.slug for value in vars(problems).values() if isinstance(value, problems.Problem)}
    assert {slug for slug in slugs if f"`{slug}`" not in OPERATIONS_PAGE} == set()


def test_every_route_is_documented(house):
    routes = {template(rule.rule) for rule in Edge(house).app.url_map.iter_rules()} - {"/docs/", "/docs/{name}"}
    told = {operation.path for operation in OPERATIONS}
    assert {route for route in routes - told if route not in WRITTEN} == set()
    # The contract is the reference of /v1; each of its routes also stands in a page, by its own name.
    names = {path.replace("/{id}", "").split("/")[-1] for path in told}
    assert {name for name in names if name not in WRITTEN} == set()


def test_every_command_is_documented():
    assert {name for name in main.list_commands(CONTEXT) if f"netigate-results {name}" not in WRITTEN} == {"openapi"}


@pytest.mark.parametrize("status", [0, 1, 2])
def test_every_exit_status_is_documented(status):
    assert re.search(rf"^\| {status} \|", OPERATIONS_PAGE, re.MULTILINE)


def test_every_exit_status_of_the_code_is_one_of_these():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("*.py"))
    assert set(re.findall(r"(?:EXIT_\w+ = |sys\.exit\(|return )(\d)\)?(?:  #.*)?$", code, re.MULTILINE)) <= {
        "0",
        "1",
        "2",
    }


def logged_events() -> set[str]:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "service").rglob("*.py"))
    return set(re.findall(r"(?:\blog|get_logger\(\))\.(?:info|warning|error|exception)\(\s*\"(\w+)\"", code))


def test_every_event_that_calls_for_somebody_is_documented():
    assert {event for event in logged_events() if f"`{event}`" not in WRITTEN} == set()


def samples(metric: metric_table.Metric) -> set[str]:
    endings = ("_bucket", "_sum", "_count") if metric.kind == "histogram" else ("",)
    return {metric.name + ending for ending in endings}


EVERY_SAMPLE = set().union(*(samples(metric) for metric in metric_table.METRICS))
RULES = yaml.safe_load((ROOT / "docs" / "alerts.rules.yaml").read_text("utf-8"))["groups"][0]["rules"]
PANELS = json.loads((ROOT / "docs" / "grafana.json").read_text("utf-8"))["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_alerts_and_dashboard_ask_for_metrics_and_labels_that_there_are(expression):
    names = set(_METRIC.findall(expression))
    assert names
    assert names <= EVERY_SAMPLE
    known = {label for metric in metric_table.METRICS if samples(metric) & names for label in metric.labels} | {"le"}
    asked = set(re.findall(r"(\w+)\s*(?:=~|=|!=)\s*\"", expression))
    for listed in re.findall(r"by \(([^)]*)\)", expression):
        asked |= {label.strip() for label in listed.split(",")}
    assert asked <= known


def test_every_alert_is_explained_and_none_else():
    told = set(re.findall(r"^\| `(NetigateResults\w+)` \|", PAGES[ROOT / "docs" / "alerts.md"], re.MULTILINE))
    assert told == {rule["alert"] for rule in RULES}


def test_the_dashboard_shows_every_metric_and_has_no_two_panels_in_one_place():
    shown = set().union(*(_METRIC.findall(t["expr"]) for panel in PANELS for t in panel["targets"]))
    assert [metric.name for metric in metric_table.METRICS if not samples(metric) & shown] == []
    places = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24


def test_the_threat_model_names_every_risk_and_tests_that_there_are():
    page = PAGES[ROOT / "docs" / "security.md"]
    rows = re.findall(r"^\| (API\d+) .*\| ([^|]+) \|$", page, re.MULTILINE)
    assert [risk for risk, _ in rows] == [f"API{number}" for number in range(1, 11)]
    for risk, tests in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", tests)
        assert named, risk
        assert [name for name in named if not (ROOT / name).is_file()] == [], risk


def links() -> list[tuple[Path, str]]:
    found = [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)]
    return [(page, link) for page, link in found if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize(("page", "link"), links(), ids=lambda value: str(value).removeprefix(str(ROOT)))
def test_every_link_leads_somewhere(page, link):
    assert (page.parent / link).exists()


def test_what_containers_run_is_a_command():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    ours = {name: service["command"] for name, service in compose.items() if service["image"] == "netigate-results"}
    assert {command[0] for command in ours.values()} == {"web", "worker", "alerts"} <= set(main.list_commands(CONTEXT))
    names = {option.name for option in OPTIONS}
    assert {name for service in ours for name in compose[service]["environment"]} <= names
    # Valkey's image begins as root to give its folder away, which needs a right that is taken here.
    assert compose["valkey"]["user"] == "valkey"
    assert re.search(r'^CMD \["web"\]$', (ROOT / "Containerfile").read_text("utf-8"), re.MULTILINE)


def test_what_units_run_is_a_command():
    units = {path.name: path.read_text("utf-8") for path in (ROOT / "deploy").glob("*.service")}
    ran = {
        name: re.search(r"^ExecStart=\S+/netigate-results (\w+)$", text, re.MULTILINE) for name, text in units.items()
    }
    assert {name: found[1] for name, found in ran.items() if found} == {
        "netigate-results.service": "run",
        "netigate-results-web.service": "web",
        "netigate-results-worker.service": "worker",
        "netigate-results-alerts.service": "alerts",
    }
    assert {found[1] for found in ran.values() if found} <= set(main.list_commands(CONTEXT))
