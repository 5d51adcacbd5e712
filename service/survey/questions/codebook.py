"""How one survey's answers are read: its items in every edition, their scales, and those that carry IDs."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from service.survey.identity import Ids, identity_items, label_items, label_value
from service.survey.model import Method, QuestionItem, Reason
from service.survey.questions.editions import Edition, choose
from service.survey.questions.gaps import scale_of
from service.survey.questions.ranking import is_ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from service.survey.model import Answer, AnswerSet, Polarity, Survey
    from service.survey.scoring.scorer import Scale, Scorer


NAMED = ".named"  # part of a ruleset's name if contacts' names are kept


@dataclass(frozen=True, slots=True)
class Former:
    """An item as it was. `until`: Unix milliseconds when another form, or none, was first seen in its place."""

    item: QuestionItem
    until: int


@dataclass(frozen=True, slots=True)
class Codebook:
    """How one survey's answers are read: its items, their scales, and those that carry IDs. Built once per survey."""

    survey: Survey
    scales: Mapping[int, Scale]
    customer_items: frozenset[int]
    contact_items: frozenset[int]
    moved_items: frozenset[int] = frozenset()  # where the customer's ID may be as well
    name_items: frozenset[int] = frozenset()  # hold the contact's name; empty unless the operator asks for names
    items: Mapping[int, QuestionItem] = field(default_factory=dict)
    background: frozenset[int] = frozenset()
    titles: Mapping[int, str] = field(default_factory=dict)
    editions: Mapping[int, tuple[Edition, ...]] = field(default_factory=dict)  # newest first; of removed items too
    polarity: Callable[[str], Polarity | None] | None = None
    version: str = ""  # digest of what is asked: when it changes, stored results are scored again

    @property
    def identity(self) -> str:
        """Names the items that the IDs are taken from; another value means that stored IDs may be wrong."""
        return f"{sorted(self.customer_items)}{sorted(self.contact_items)}"

    @property
    def names_mark(self) -> str:
        """Names the items that contacts' names are taken from; empty where no names are kept."""
        return f"{NAMED}{sorted(self.name_items)}" if self.name_items else ""

    @property
    def unmapped(self) -> int:
        """How many alternatives are not understood."""
        return sum(step.reason is Reason.UNMAPPED for scale in self.scales.values() for step in scale.steps)

    def identified_by(self, identity: str | None, *, moved: bool) -> Codebook:
        """The same codebook with the IDs taken from the items that `identity` names, if it names any.

        moved: the label is the same, so where those items hold no ID, the items found now may.
        """
        items = identity_items(identity)
        if items is None or identity == self.identity:
            return self
        return replace(
            self,
            customer_items=items[0],
            contact_items=items[1],
            moved_items=self.customer_items if moved else frozenset(),
        )

    def ids_of(self, answer_set: AnswerSet) -> Ids:
        """Who an answer set belongs to."""
        customer = label_value(answer_set, self.customer_items) or label_value(answer_set, self.moved_items)
        return Ids(customer, *(label_value(answer_set, items) for items in (self.contact_items, self.name_items)))

    def allowed(self, ids: Ids) -> Ids:
        """What may still be kept of stored IDs: no name once the operator has taken the option away."""
        return ids if self.name_items else ids._replace(contact_name=None)

    def asked(self, answer_set: AnswerSet) -> AnswerSet:
        """The set with only the answers needed to score it again, also those that the operator leaves out.

        Answers to items that no edition of the tree knows are dropped: they may be background data.
        """
        return replace(answer_set, answers=tuple(a for a in answer_set.answers if a.question_item_id in self.editions))

    def strange(self, answer_set: AnswerSet) -> tuple[int, ...]:
        """Items that a set answers but the tree does not have, or not in a form that can be read."""
        items = dict.fromkeys(answer.question_item_id for answer in answer_set.answers)
        return tuple(item for item in items if item not in self.editions and item not in self.background)

    def explains(self, answer: Answer) -> bool:
        """Whether the tree knows the answer's item and, for a closed one, the alternative that it names."""
        editions = self.editions.get(answer.question_item_id)
        if editions is None:
            return answer.question_item_id in self.background
        if not editions[0].scale.steps or not answer.text.strip():
            return True
        return choose(answer, editions, polarity=self.polarity).known


def codebook(
    survey: Survey,
    scorer: Scorer,
    *,
    customer_label: str,
    contact_label: str | None,
    labels: Mapping[int, str],
    former: Sequence[Former] = (),
    contact_name_label: str | None = None,
) -> Codebook:
    """Work out once what every answer set of the survey needs."""

    def carriers(label: str | None) -> frozenset[int]:
        return frozenset(item.id for item in label_items(survey, label, labels)) if label else frozenset()

    asked = [item for item in survey.items if item.background_label is None]
    siblings = Counter(item.question_id for item in asked)
    titles = {item.id: _title(item, alone=siblings[item.question_id] == 1) for item in asked}
    scales = {item.id: _scale(item, survey, scorer) for item in asked}
    editions: dict[int, list[Edition]] = {item.id: [Edition(item, scales[item.id], titles[item.id])] for item in asked}
    for was in sorted(former, key=lambda one: -one.until):
        title = titles.get(was.item.id) or _title(was.item, alone=True)
        edition = Edition(was.item, _scale(was.item, survey, scorer), title, was.until)
        editions.setdefault(was.item.id, []).append(edition)
    return Codebook(
        survey=survey,
        scales=scales,
        customer_items=carriers(customer_label),
        contact_items=carriers(contact_label),
        name_items=carriers(contact_name_label),
        items={item.id: item for item in asked},
        background=frozenset(item.id for item in survey.items if item.background_label is not None),
        titles=titles,
        editions={item: tuple(found) for item, found in editions.items()},
        polarity=scorer.polarity,
        # Background items list every value that occurs: they change with each new customer, and tell nothing of scales.
        version=hashlib.blake2b(repr((asked, [was.item for was in former])).encode(), digest_size=6).hexdigest(),
    )


def _scale(item: QuestionItem, survey: Survey, scorer: Scorer) -> Scale:
    scale = scale_of(item, survey, scorer)
    if scale.method is Method.OVERRIDE or not is_ranking(item):
        return scale
    steps = tuple(replace(step, score=None, band=None, nps=None, reason=Reason.NOT_A_SCALE) for step in scale.steps)
    return replace(scale, kind=None, direction=None, points=None, method=None, reason=Reason.NOT_A_SCALE, steps=steps)


def _title(item: QuestionItem, *, alone: bool) -> str:
    """What was asked. A question's text may be blank or a heading; then the item's text says what is asked."""
    question, text = item.question.strip(), item.text.strip()
    if not question or not text:
        return question or text
    if item.alternatives and "?" in text and "?" not in question:
        return text
    return question if alone else f"{question} – {text}"
