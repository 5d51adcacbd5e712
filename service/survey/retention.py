"""What may be kept of an answer set, and for how long. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta  # noqa: TC003  (dataclass fields are read at run time)
from typing import TYPE_CHECKING

from service.survey.questions.answers import is_comment

if TYPE_CHECKING:
    from service.survey.model import AnswerSet
    from service.survey.questions.codebook import Codebook

_BARE = ".bare"


@dataclass(frozen=True, slots=True)
class Retention:
    """What the operator allows to be kept. `keep` counts from when a set was completed; None is for ever."""

    comments: bool = True
    keep: timedelta | None = None

    @property
    def mark(self) -> str:
        """Part of the ruleset's name, so that stored results are processed again when the operator's choice changes."""
        return "" if self.comments else _BARE

    def allows_more_than(self, ruleset: str | None) -> bool:
        """Whether comments were left out under `ruleset` and are wanted now: only Netigate still has them."""
        return self.comments and ruleset is not None and ruleset.endswith(_BARE)

    def allows_less_than(self, ruleset: str | None) -> bool:
        """Whether comments were kept under `ruleset` and may not be any more."""
        return not self.comments and ruleset is not None and not ruleset.endswith(_BARE)

    def expired(self, completed: datetime | None, now: datetime) -> bool:
        """Whether a set is past its time. An unfinished one has no result that could expire."""
        return self.keep is not None and completed is not None and now - completed > self.keep

    def cutoff(self, now: datetime) -> datetime | None:
        """What was completed before this moment has expired."""
        return None if self.keep is None else now - self.keep

    def kept(self, answer_set: AnswerSet, how: Codebook) -> AnswerSet:
        """The set without what may not be stored."""
        if self.comments:
            return answer_set
        return replace(answer_set, answers=tuple(a for a in answer_set.answers if not is_comment(a, how)))
