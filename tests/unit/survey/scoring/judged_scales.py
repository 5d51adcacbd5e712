"""Scales with what must come out, from tests/data."""

import json
from pathlib import Path

DATA = Path(__file__).parents[3] / "data"


def judged(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
