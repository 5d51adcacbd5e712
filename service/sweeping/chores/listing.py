"""Stores which surveys this worker lists, and logs when another deployment of the account lists others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.store.deployments.survey_lists import SurveyLists

log = structlog.get_logger()


class Listing:
    """Renews this worker's list. No worker erases a survey that any running worker lists."""

    def __init__(self, lists: SurveyLists, surveys: Sequence[int]) -> None:
        self._lists = lists
        self._surveys = surveys
        self._told: list[tuple[int, ...]] = []

    def renew(self) -> None:
        """Raises StoreError."""
        self._lists.renew(self._surveys)
        alive = self._lists.alive()
        if len(alive) > 1 and alive != self._told:
            log.error("survey_lists_differ", lists=[list(surveys) for surveys in alive])
        self._told = alive
