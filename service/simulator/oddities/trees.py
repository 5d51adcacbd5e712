"""Question trees as they may come: changed by their author, or answered incompletely. Pure: JSON in, JSON out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from service.simulator import constants
from service.simulator.oddities.wordings import RESPELT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Tree = list[dict[str, Any]]

RANKING: Final = "Rangordna följande, 1 är viktigast"


def _items(tree: Tree) -> Iterator[dict[str, Any]]:
    for question in tree:
        yield from question["QuestionItems"]


def _steps(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The scale of an item: its columns where it has some, else its rows."""
    columns = [step for step in item["Columns"] if step]
    return columns or [step for step in item["Rows"] if step]


def is_background(item: dict[str, Any]) -> bool:
    return item["BackgroundLabel"] not in {0, None, -1}


def weights_turned(tree: Tree, _customers: Sequence[str]) -> Tree:
    """Weights run the other way, as after an author found them upside down."""
    for item in _items(tree):
        weights = [step["Weight"] for step in _steps(item) if step["Weight"] is not None]
        for step in _steps(item):
            if step["Weight"] is not None:
                step["Weight"] = min(weights) + max(weights) - step["Weight"]
    return tree


def respelt(tree: Tree, _customers: Sequence[str], *, spell: Callable[[str], str]) -> Tree:
    for item in _items(tree):
        for step in _steps(item):
            step["Text"] = spell(step["Text"])
    return tree


def question_removed(tree: Tree, _customers: Sequence[str]) -> Tree:
    """Without its first question."""
    return tree[1:]


def background_missing(tree: Tree, _customers: Sequence[str]) -> Tree:
    """Without the items that background data feeds."""
    kept = [question for question in tree if not any(map(is_background, question["QuestionItems"]))]
    return kept or tree


def nulls(tree: Tree, _customers: Sequence[str]) -> Tree:
    """Every list of alternatives reads [null]."""
    for item in _items(tree):
        item["Rows"] = item["Columns"] = [None]
    return tree


def one_null(tree: Tree, _customers: Sequence[str]) -> Tree:
    """One alternative of each list cannot be read."""
    for item in _items(tree):
        if not is_background(item) and len(item["Rows"]) > 1:
            item["Rows"][1] = None
    return tree


def headings(tree: Tree, _customers: Sequence[str]) -> Tree:
    """Questions are headings ("About you"); the item's text says what is asked."""
    for question in tree:
        for item in question["QuestionItems"]:
            if not is_background(item):
                item["Text"], question["Text"] = item["Text"] or question["Text"], "Om dig"
    return tree


def ranking(tree: Tree, _customers: Sequence[str]) -> Tree:
    """The matrix asks for an order: one column for each place."""
    for question in tree:
        for item in question["QuestionItems"]:
            if item["Columns"] and item["Columns"] != [None]:
                places = range(1, len(item["Rows"]) + 1)
                question["Text"] = RANKING
                item["Columns"] = [{"Order": place, "Text": str(place), "Weight": None} for place in places]
    return tree


def customers_listed(tree: Tree, customers: Sequence[str]) -> Tree:
    """The item that carries the customer is a dropdown of all values that occur, as Netigate makes it."""
    for item in _items(tree):
        if item["BackgroundLabel"] == constants.CUSTOMER_LABEL_ID:
            item["Type"] = "DROPDOWN"
            item["Rows"] = [{"Order": n, "Text": name, "Weight": None} for n, name in enumerate(customers, 1)]
    return tree


TREES: Final[dict[str, Callable[[Tree, Sequence[str]], Tree]]] = {
    "weights_turned": weights_turned,
    "question_removed": question_removed,
    "background_missing": background_missing,
    "nulls": nulls,
    "one_null": one_null,
    "headings": headings,
    "ranking": ranking,
    "customers_listed": customers_listed,
    **{name: partial(respelt, spell=spell) for name, spell in RESPELT.items()},
}
