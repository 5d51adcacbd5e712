"""Whose it is: what Redis gave is compared with what was asked, before it leaves the store.

Connections are closed after any error, so that no late reply is taken for another command's. The checks here do not
rely on that: they look at what the body itself says, and throw away what is somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import structlog

from service.observability.metric_table import FOREIGN
from service.store.keys import partition_of
from service.survey.errors import ForeignAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.survey.results import Result

log = structlog.get_logger()
_BEFORE, _BEHIND = b'{"customer_id":', b","


def check_summary(customer: str, body: bytes) -> None:
    """Raises ForeignAnswerError where a summary is not this customer's."""
    if not body.startswith(_BEFORE + orjson.dumps(customer) + _BEHIND):
        raise ForeignAnswerError("summary")


def check_customer(customer: str, results: list[Result]) -> None:
    """Raises ForeignAnswerError where a result is not this customer's."""
    if any(result.customer_id != customer for result in results):
        raise ForeignAnswerError("result")


def is_set(survey_id: int, answer_set_id: int, result: Result) -> bool:
    """Whether a result is this answer set's."""
    return (result.survey_id, result.answer_set_id) == (survey_id, answer_set_id)


def owns(partition: str, customer: str | None) -> bool:
    """Whether a partition belongs to the customer that it names; True where it names none."""
    return customer is None or partition_of(customer, 0) == partition


class Refuser:
    """Counts what was thrown away, raises the alarm, and has the connections that it came over closed."""

    def __init__(
        self, count: Callable[[Mapping[tuple[str, ...], float]], None], forget_connections: Callable[[], None]
    ) -> None:
        self._count = count
        self._forget = forget_connections

    def __call__(self, family: str) -> None:
        """`family`: what kind of body it was, in a word."""
        self._forget()
        log.error("foreign_answer", family=family)
        self._count({(FOREIGN.name, family): 1})
