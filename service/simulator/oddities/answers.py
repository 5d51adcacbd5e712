"""Answer rows as they may come beside a tree that says otherwise. Pure: JSON rows in, JSON rows out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from service.simulator.oddities.wordings import RESPELT

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.simulator.forms.shapes import Form

    Rows = list[dict[str, Any]]

CHOICES: Final = frozenset({"RADIOBUTTON", "WEIGHTED_RADIOBUTTON", "DROPDOWN", "NPS"})
UNKNOWN_ITEM: Final = 99_999


def zero_for_null(rows: Rows, _form: Form) -> Rows:
    """A weight of 0 where the alternative has none, as a number type without null writes it."""
    for row in rows:
        row["AnswerWeight"] = row["AnswerWeight"] or 0
    return rows


def anothers_weight(rows: Rows, form: Form) -> Rows:
    """The text of one alternative beside the weight of its opposite."""
    items = {item.id: item for item in form.items()}
    for row in rows:
        item = items.get(row["QuestionItem"])
        weights = [step.weight for step in item.rows if step.weight is not None] if item else []
        if weights and row["AnswerWeight"] is not None:
            row["AnswerWeight"] = min(weights) + max(weights) - row["AnswerWeight"]
    return rows


def respelt(rows: Rows, _form: Form, *, spell: Callable[[str], str]) -> Rows:
    for row in rows:
        if row["QuestionType"] in CHOICES:
            row["AnswerText"] = spell(row["AnswerText"])
    return rows


def heading_first(rows: Rows, form: Form) -> Rows:
    """A checkbox begins with a row that repeats the item's own text: no tick, no comment."""
    items = {item.id: item for item in form.items()}
    made, seen = [], set()
    for row in rows:
        if row["QuestionType"] == "CHECKBOX" and row["QuestionItem"] not in seen:
            seen.add(row["QuestionItem"])
            text = items[row["QuestionItem"]].text or "Flera svar är möjliga"
            made.append({**row, "QuestionText": text, "AnswerText": text, "AnswerNumeric": 1})
        made.append(row)
    return made


def weighted_ticks(rows: Rows, _form: Form) -> Rows:
    """Checkboxes whose ticks carry weights."""
    for number, row in enumerate(row for row in rows if row["QuestionType"] == "CHECKBOX"):
        row |= {"QuestionType": "WEIGHTED_CHECKBOX", "AnswerWeight": number + 1}
    return rows


def doubled(rows: Rows, form: Form) -> Rows:
    """A second, different row for the first question with a single choice."""
    items = {item.id: item for item in form.items()}
    for row in rows:
        if row["QuestionType"] in CHOICES and len(items[row["QuestionItem"]].rows) > 1:
            steps = items[row["QuestionItem"]].rows
            other = len(steps) - row["AnswerNumeric"] if 2 * row["AnswerNumeric"] != len(steps) + 1 else 0
            step = steps[other]
            extra = {**row, "AnswerText": step.text, "AnswerNumeric": other + 1, "AnswerWeight": step.weight}
            return [*rows, extra]
    return rows


def repeated(rows: Rows, _form: Form) -> Rows:
    """Every row comes twice."""
    return [row for row in rows for _ in range(2)]


def unknown_item(rows: Rows, _form: Form) -> Rows:
    """An answer to an item that the tree does not have."""
    return [*rows, {**rows[0], "QuestionItem": UNKNOWN_ITEM}] if rows else rows


ANSWERS: Final[dict[str, Callable[[Rows, Form], Rows]]] = {
    "zero_for_null": zero_for_null,
    "anothers_weight": anothers_weight,
    "heading_first": heading_first,
    "weighted_ticks": weighted_ticks,
    "doubled": doubled,
    "repeated": repeated,
    "unknown_item": unknown_item,
    **{name: partial(respelt, spell=spell) for name, spell in RESPELT.items()},
}
