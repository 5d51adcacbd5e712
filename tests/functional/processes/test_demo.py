"""`run` with nothing set: the first two minutes of a newcomer."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from service.process.demo import KEY
from service.web.contract import schemas
from tests.harness.processes import descendants, environment, process, running
from tests.harness.service import WEB, Service, cli
from tests.harness.simulator import LEAK_MARKERS
from tests.harness.waiting import until
from tests.support import mcp_client

LISTEN, LOOPBACK = "0A", "0100007F"  # as the kernel writes them


@pytest.fixture(scope="module")
def demo():
    with Service(WEB_CONCURRENCY="1") as service:
        yield service


def test_it_says_what_to_try_and_that_works(demo):
    command = re.search(r"^Try: curl -H '(\S+): (.+)' (http://\S+)$", demo.said, re.MULTILINE)
    header, value, address = command.groups()
    assert (header, value) == ("Authorization", "Bearer demo")
    assert address == f"{demo.url}/v1/customers/C-1001/satisfaction"
    reply = demo.get("/v1/customers/C-1001/satisfaction", "demo")
    assert reply.status_code == 200
    assert schemas.SummarySchema().validate(reply.json()) == {}


def test_the_story_of_the_readme(demo):
    document = demo.summary("C-1001", "demo")
    assert (document["score"], document["band"]) == (0.0, "very_dissatisfied")
    whose = {"respondent_id": 501, "contact_id": "P-77"}
    assert document["trend"] == {"previous": 75.0, "change": -75.0, **whose}
    assert document["freshness"]["state"] == "fresh"
    latest = document["latest"]
    assert (latest["answer_set_id"], latest["respondent_id"], latest["contact_id"]) == (9001, 501, "P-77")
    first = next(answer for answer in latest["answers"] if answer["question_item_id"] == 31)
    assert first["answer"] == "Mycket missnöjd"
    assert first["question"] == "Hur nöjd är du med oss?"
    assert (first["score"], first["method"], first["kind"]) == (0.0, "wording", "satisfaction")


def test_an_assistant_may_ask_it(demo):
    assert f"For assistants (MCP): {demo.url}/mcp" in demo.said
    told = mcp_client.call(demo.url, "customer_satisfaction", {"customer_id": "C-1001"}, key="demo")
    assert (told.structured_content["score"], told.structured_content["trend"]["change"]) == (0.0, -75.0)


def test_only_the_demos_key_opens_it(demo):
    assert demo.get("/v1/customers/C-1001/satisfaction", "other").status_code == 401
    assert demo.get("/v1/customers/C-1001/satisfaction", None).status_code == 401


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/x/metrics", {"SCRIPT_NAME": "/x"}),
        ("/healthz/v1/surveys", {"SCRIPT_NAME": "/healthz"}),
        ("/nowhere", {"PATH_INFO": "/metrics"}),
        ("/nowhere", {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "off", "X-Forwarded-Prefix": "/nowhere"}),
    ],
)
def test_no_header_names_another_path_or_scheme(demo, path, headers):
    """Not from this machine either, where a balancer may stand and pass on what clients send."""
    reply = requests.get(demo.url + path, headers={"Authorization": f"Bearer {KEY}", **headers}, timeout=20)
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/problem+json")


def test_it_listens_on_this_machine_alone(demo):
    wanted = f":{int(demo.url.rsplit(':', 1)[1]):04X}"
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == LISTEN and row[1].endswith(wanted)]
    assert listening == [LOOPBACK + wanted]


def test_a_web_process_that_dies_comes_back(demo):
    (master,) = demo.web_servers
    before = set(demo.pids(*WEB))
    os.kill(master, signal.SIGKILL)
    until(lambda: demo.web_servers not in ([], [master]), what="another web process")
    until(lambda: not running(before), what="the end of the workers that it left")
    assert demo.summary("C-1001", "demo")["score"] == 0.0


def test_nothing_that_must_stay_in_netigate_is_logged(demo):
    written = demo.logs() + demo.said
    assert not [marker for marker in LEAK_MARKERS if marker in written]
    assert "C-1001" not in demo.logs()


def test_ctrl_c_ends_every_child(demo):
    """The last test of this service: it is gone after it. SIGTERM and SIGKILL: test_restart.py."""
    children = demo.children
    names = " ".join(children.values())
    for part in ("valkey", "simulat", "worker", "granian"):
        assert part in names
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(60) == 0
    assert running(set(children)) == set()


@pytest.mark.skipif(not (shutil.which("make") and shutil.which("setpriv")), reason="needs make, and Linux's setpriv")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_make_that_is_ended_takes_the_service_along(number, tmp_path):
    options = environment(PORT="0", WEB_CONCURRENCY="1", DATA_DIR=str(tmp_path))
    # -o: never set up anew, under the tests that run here
    command = ["make", "-o", ".venv", "run", f"BIN={Path(sys.executable).parent}"]
    with process(command, options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as make:
        until(lambda: any(WEB[1] in name for name in descendants(make.pid).values()), what="the web process")
        children = set(descendants(make.pid))
        make.send_signal(number)
        make.wait(60)
    until(lambda: not running(children), what="the service's end")


def test_bad_options_end_it_before_anything_is_started():
    told = cli("run", NETIGATE_API_KEY="k", PORT="x", NETIGATE_SURVEYS="all", SWEEP_INTERVAL_SECONDS="-1")
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    for name in ("PORT", "NETIGATE_SURVEYS", "SWEEP_INTERVAL_SECONDS", "NETIGATE_CUSTOMER_LABEL", "API_KEYS"):
        assert line.count(name) == 1
