"""An account that `check` looks at, as each test has it answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from service.app import lexicon_files as lexicons
from service.commands.check.report import Report
from service.commands.check.run import Given, check
from service.netigate.protocol import Route
from service.survey.errors import (
    UpstreamError,
)
from service.survey.scoring.scorer import Scorer
from tests.support.fakes import FakeUpstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.connection.probe import Probe


SWEDISH, GERMAN = "https://swedish.example/api/v1.2", "https://german.example/api/v1.2"


@dataclass
class Account:
    """What each server answers; an error stands for a server that gives nothing but that."""

    servers: dict[str, FakeUpstream | UpstreamError] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    probe: Callable[..., Probe] | None = None

    def connect(self, base_url: str, observe: Any) -> FakeUpstream:
        found = self.servers[base_url]
        if isinstance(found, UpstreamError):
            return FakeUpstream(failure=found)
        for route in (Route.SURVEY, Route.ANSWERS_WITH_DATA):
            observe(route.value, "ok", 0.5)
        return found

    def check(self, **given: Any) -> int:
        chosen = {"base_url": SWEDISH, "servers": (SWEDISH, GERMAN), **given}
        more = {"probe": self.probe} if self.probe else {}
        return check(Report(self.lines.append), Given(**chosen), self.connect, Scorer(lexicons.load()), **more)

    @property
    def said(self) -> str:
        return "\n".join(self.lines)


def with_items(upstream: FakeUpstream, **changes: Any) -> None:
    """Change items of the survey by id: None takes one out."""
    tree = upstream.trees[4711]
    items = [
        replace(item, **changes[name]) if changes.get(name) else item
        for item in tree.items
        if (name := f"i{item.id}") not in changes or changes[name] is not None
    ]
    upstream.trees[4711] = replace(tree, items=tuple(items))
