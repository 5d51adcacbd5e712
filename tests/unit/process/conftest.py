"""A supervisor that looks often."""

from __future__ import annotations

import pytest

from service.process import supervisor


@pytest.fixture
def said():
    return []


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(supervisor, "RESTART_DELAY", 0.01)
    monkeypatch.setattr(supervisor, "LOOK", 0.01)
