"""What a process holds: no lexicons, and none twice, and no cryptography where nothing that needs it is on."""

from __future__ import annotations

import runpy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from service.app import lexicon_files
from tests.harness.processes import ROOT, environment

STARTED = """
import gc, sys
import service.wsgi
from service.survey.scoring.language.lexicons import Lexicons
print("lexicons" if any(isinstance(held, Lexicons) for held in gc.get_objects()) else "none")
print("cryptography" if "cryptography.hazmat.bindings._rust" in sys.modules else "none")
"""
OPTIONS = {
    "NETIGATE_API_KEY": "00000000-0000-4000-8000-000000000019",
    "NETIGATE_SURVEYS": "4711",
    "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
    "REDIS_URL": "redis://127.0.0.1:9",
    "API_KEYS": f"test:{'0' * 64}:results",
}


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ({}, ["none", "none"]),
        ({"WIDGET_SECRET": "s" * 32}, ["none", "cryptography"]),
        ({"HUBSPOT_CLIENT_SECRET": "s" * 32, "PUBLIC_URL": "https://results.example"}, ["none", "cryptography"]),
    ],
)
def test_a_web_worker_holds_what_is_on_and_no_lexicon(options, held):
    done = subprocess.run(
        [sys.executable, "-c", STARTED],
        env=environment(**OPTIONS, **options),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == held, done.stderr


def test_threads_that_score_at_once_share_one_set_of_lexicons():
    load = runpy.run_path(lexicon_files.__file__)["load"]  # of a process that has not loaded them yet
    begin = Barrier(4)

    def first_score(_thread: int) -> object:
        begin.wait()
        return load()

    with ThreadPoolExecutor(4) as threads:
        assert len({id(lexicons) for lexicons in threads.map(first_score, range(4))}) == 1
