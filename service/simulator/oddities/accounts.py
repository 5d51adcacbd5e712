"""Accounts with one oddity each, by name: what `simulate --account` offers.

`start` holds from the beginning, `turn` comes later: after `--turn-after` seconds, or when a test says so. Both name
settings by survey.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from service.simulator.constants import ENGLISH, GERMAN, SWEDISH

if TYPE_CHECKING:
    from collections.abc import Mapping

    Settings = Mapping[int, Mapping[str, Any]]

_NONE: Final[Settings] = MappingProxyType({})


def _everywhere(**settings: Any) -> Settings:  # noqa: ANN401  (settings of a survey)
    return dict.fromkeys((SWEDISH, GERMAN, ENGLISH), settings)


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """One account. `partly_deleted`: from how many old answers of the first survey the turn removes person and text."""

    name: str
    says: str
    start: Settings = field(default_factory=lambda: _NONE)
    turn: Settings = field(default_factory=lambda: _NONE)
    partly_deleted: int = 0


ACCOUNTS: Final = (
    NamedAccount("plain", "does what the documentation says"),
    # Surveys that are refused, missing or deleted.
    NamedAccount("refused-survey", "one survey answers 401, the others answer", {GERMAN: {"refused": True}}),
    NamedAccount("refused-later", "the same, from the turn on", turn={GERMAN: {"refused": True}}),
    NamedAccount("missing-survey", "one survey answers 404 and is not listed", {GERMAN: {"missing": True}}),
    NamedAccount("deleted-survey", "the same, from the turn on (Full Delete)", turn={GERMAN: {"missing": True}}),
    NamedAccount("partial-delete", "old answers lose person and text; ids and Updated stay", partly_deleted=20),
    # Trees that change.
    NamedAccount(
        "turned-weights", "weights turn round, answers keep theirs", turn={ENGLISH: {"tree": ["weights_turned"]}}
    ),
    NamedAccount(
        "turned-weights-followed", "weights turn round, those of answers too",
        turn={ENGLISH: {"tree": ["weights_turned"], "answers": ["anothers_weight"]}},
    ),
    NamedAccount("mended-wordings", "wordings are mended, answers keep theirs", turn=_everywhere(tree=["mended"])),
    NamedAccount(
        "mended-wordings-followed", "wordings are mended, those of answers too",
        turn=_everywhere(tree=["mended"], answers=["mended"]),
    ),
    NamedAccount("removed-question", "the first question is removed", turn=_everywhere(tree=["question_removed"])),
    NamedAccount(
        "brief-missing-background", "three replies of the question tree lack the background items",
        turn=_everywhere(tree=["background_missing"], tree_replies=3),
    ),
    NamedAccount(
        "brief-missing-question", "three replies of the question tree lack the first question",
        turn=_everywhere(tree=["question_removed"], tree_replies=3),
    ),
    NamedAccount(
        "brief-nulls", "three replies of the question tree have [null] for every list",
        turn=_everywhere(tree=["nulls"], tree_replies=3),
    ),
    NamedAccount(
        "brief-other-language", "three replies of the question tree are in another language",
        turn=_everywhere(tree=["translated"], tree_replies=3),
    ),
    NamedAccount("missing-background", "the background items are gone", turn=_everywhere(tree=["background_missing"])),
    NamedAccount("customer-dropdown", "the customer's item lists every value", _everywhere(tree=["customers_listed"])),
    NamedAccount("headings", "questions are headings, the item asks", _everywhere(tree=["headings"])),
    NamedAccount("ranking", "the matrix asks for an order", {SWEDISH: {"tree": ["ranking"]}}),
    NamedAccount("null-alternative", "one alternative of each list cannot be read", _everywhere(tree=["one_null"])),
    # Answers that do not say what the tree says.
    NamedAccount("zero-weights", "a weight of 0 where there is none", _everywhere(answers=["zero_for_null"])),
    NamedAccount("anothers-weight", "the text of one, the weight of another", _everywhere(answers=["anothers_weight"])),
    NamedAccount("several-languages", "answers in another language than the tree", _everywhere(answers=["translated"])),
    NamedAccount("markup", "the tree has markup, answers have none", _everywhere(tree=["marked_up"])),
    NamedAccount("markup-in-answers", "answers have markup, the tree has none", _everywhere(answers=["marked_up"])),
    NamedAccount("decomposed", "letters and marks apart, in answers alone", _everywhere(answers=["decomposed"])),
    NamedAccount("soft-hyphens", "soft hyphens in the tree alone", _everywhere(tree=["hyphenated"])),
    NamedAccount("unknown-item", "answers to an item that the tree lacks", _everywhere(answers=["unknown_item"])),
    NamedAccount("checkbox-headings", "checkboxes begin with the item's text", _everywhere(answers=["heading_first"])),
    NamedAccount("weighted-checkboxes", "ticks carry weights", _everywhere(answers=["weighted_ticks"])),
    NamedAccount("doubled-rows", "two choices where one is possible", _everywhere(answers=["doubled"])),
    NamedAccount("repeated-rows", "every row comes twice", _everywhere(answers=["repeated"])),
    # Lists, pages, filters, formats.
    NamedAccount("no-total", "TotalPages is 0 beside sets", _everywhere(paging="zero")),
    NamedAccount("low-total", "TotalPages is one too low", _everywhere(paging="low")),
    NamedAccount("capped-pages", "no page after the third", _everywhere(paging="capped")),
    NamedAccount("mixed-pages", "another order for each page", _everywhere(paging="mixed")),
    NamedAccount("lost-sets", "the list knows sets that no page brings", _everywhere(paging="lost")),
    NamedAccount("local-updated", "`updated=` is read in local time", _everywhere(filter="local")),
    NamedAccount("created-updated", "`updated=` compares Created", _everywhere(filter="creation")),
    NamedAccount("empty-updated", "`updated=` brings nothing", _everywhere(filter="nothing")),
    NamedAccount("slow-list", "the list of ids takes long", _everywhere(list_seconds=0.02)),
    NamedAccount("unreadable-set", "one answer set cannot be read", {SWEDISH: {"unreadable": 1}}),
    NamedAccount("many-unreadable-sets", "a whole page cannot be read", {SWEDISH: {"unreadable": 300}}),
    NamedAccount("far-future-completed", "one set was completed in 9999", {SWEDISH: {"far_future": "Completed"}}),
    NamedAccount("far-future-updated", "one set was updated in 9999", {SWEDISH: {"far_future": "Updated"}}),
    NamedAccount("ms-dates", "dates are /Date(ms)/", _everywhere(ms_dates=True)),
    NamedAccount("wrapped-bodies", "each reply is wrapped once", _everywhere(wrapped=True)),
)  # fmt: skip
BY_NAME: Final = {account.name: account for account in ACCOUNTS}
