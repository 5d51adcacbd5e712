"""Finds the background label that holds the CRM's ID, or proposes one; pure.

A label is proposed for its name and its answers: how many sets carry a value, and how many different values there are.
The values themselves are counted and never shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.survey.identity import clean_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.survey.model import AnswerSet, QuestionItem, Survey

_WHO: Final = r"crm|kund|customer|client|klient|account|konto|asiakas|company|företag|firma|organi[sz]ation"
_CONTACT: Final = re.compile(r"kontakt|contact|person|ansprech|yhteys", re.IGNORECASE)
_ID: Final = re.compile(r"(?<![^\W_])(id|nr|no|number|nummer|key|numero|guid)(?![^\W_])|(id|nr|nummer)$", re.IGNORECASE)
_CUSTOMER: Final = re.compile(_WHO, re.IGNORECASE)
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
ENOUGH: Final = 0.5  # share of the sets that must carry a label, else it is not proposed
MANY: Final = 20  # fewer sets cannot show whether a label names individuals or groups
OF_A_GROUP: Final = 0.2  # different values per set; below this the label looks like a group's


@dataclass(frozen=True, slots=True)
class Candidate:
    """One background label of a survey. `name` is as an operator would write it. Counts are of finished sets."""

    name: str
    label_id: int
    sets: int
    filled: int
    distinct: int
    mails: int

    @property
    def usable(self) -> bool:
        return not self.mails and (self.sets == 0 or self.filled >= ENOUGH * self.sets)

    @property
    def groups(self) -> bool:
        """Whether so many answers share a value that the label may hold a region or a segment."""
        return self.filled >= MANY and self.distinct < OF_A_GROUP * self.filled

    def likeness(self, *, contact: bool) -> float:
        """How much this looks like a customer's (or a contact's) ID; 0 is not at all."""
        if not self.usable:
            return 0.0
        who, other = (_CONTACT, _CUSTOMER) if contact else (_CUSTOMER, _CONTACT)
        named, identifies = bool(who.search(self.name)), bool(_ID.search(self.name))
        spread = self.distinct / self.filled if self.filled else 0.0
        if not named and (contact or other.search(self.name) or not identifies):
            return 0.0
        return 2.0 * named + 1.0 * identifies + spread


def candidates(survey: Survey, names: Mapping[int, str], sets: Sequence[AnswerSet]) -> list[Candidate]:
    """The background labels that were added to a survey."""
    complete = [answer_set for answer_set in sets if answer_set.completed is not None and not answer_set.anonymous]
    values: dict[int, list[str]] = defaultdict(list)
    for answer_set in complete:
        for answer in answer_set.answers:
            if (value := clean_id(answer.text)) is not None:
                values[answer.question_item_id].append(value)
    return [
        _candidate(item, names, values[item.id], len(complete))
        for item in survey.items
        if item.background_label is not None
    ]


def _candidate(item: QuestionItem, names: Mapping[int, str], values: Sequence[str], sets: int) -> Candidate:
    label = item.background_label or 0
    mails = sum(bool(_MAIL.fullmatch(value)) for value in values)
    # Each of these names finds the item when it is set as the option.
    known = [item.text.strip() or item.question.strip(), names.get(label, "").strip()]
    ways = [
        Candidate(name, label, sets, len(values), len(set(values)), mails)
        for name in [*filter(None, known), str(label)]
    ]
    # The item's text may say only "Background" where the label's name says what it holds.
    telling = (one for one in ways if one.likeness(contact=False) or one.likeness(contact=True))
    return next(telling, ways[0])


def propose(found: Iterable[Candidate], *, contact: bool = False) -> Candidate | None:
    """The candidate that looks most like a customer's (or a contact's) ID."""
    ranked = [(candidate.likeness(contact=contact), candidate) for candidate in found]
    likely = [pair for pair in ranked if pair[0] > 0]
    return max(likely, key=lambda pair: pair[0])[1] if likely else None


def not_added(names: Mapping[int, str], survey: Survey) -> list[str]:
    """Labels of the account's background data that this survey does not carry, likeliest first."""
    added = {item.background_label for item in survey.items}
    left = [name for label, name in names.items() if label not in added]
    return sorted(set(left), key=lambda name: (not (_CUSTOMER.search(name) or _ID.search(name)), name))
