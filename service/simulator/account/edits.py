"""How a test says what somebody answered: JSON of the control routes, made into answer sets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from service.simulator.account import answers
from service.simulator.forms.shapes import CHECKBOX, MATRIX, TEXT_FIELD
from service.simulator.records import Given, StoredSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service.simulator.account.account import Account
    from service.simulator.forms.shapes import Form, Item, Step

FIELDS: Final = frozenset(
    {"set", "survey", "respondent", "customer", "contact", "region", "answers", "created", "completed", "updated"}
)
_MOOD: Final = 0.5
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "set": (int, type(None)),
    "survey": (int,),
    "respondent": (int,),
    "customer": (str, type(None)),
    "contact": (str, type(None)),
    "region": (str, type(None)),
}


class BadEditError(ValueError):
    """An edit that cannot be made; the text says what is wrong."""


def read_edit(account: Account, wanted: Mapping[str, Any], now: int) -> StoredSet:
    """Read one set to be added (id 0) or edited (`set` names it). Raises BadEditError, KeyError for no such set."""
    if unknown := sorted(wanted.keys() - FIELDS):
        raise BadEditError(f"unknown fields: {', '.join(unknown)}")
    for name, types in _TYPES.items():
        if name in wanted and not isinstance(wanted[name], types):
            raise BadEditError(f"{name} is of the wrong type")
    old = _known(account, wanted)
    form = account.form(old.survey)
    if form is None:
        raise BadEditError(f"no such survey: {old.survey}")
    changes: dict[str, Any] = {
        name: wanted[name] for name in ("respondent", "customer", "contact", "region") if name in wanted
    }
    changes |= {name: _seconds(wanted[name], name) for name in ("created", "completed", "updated") if name in wanted}
    changes.setdefault("updated", now)
    if old.id == 0:
        changes.setdefault("completed", now)
        changes.setdefault("created", changes["completed"] or now)
    if "answers" in wanted:
        changes["answers"] = tuple(_given(form, wanted["answers"]))
    return old._replace(**changes)


def _known(account: Account, wanted: Mapping[str, Any]) -> StoredSet:
    number = wanted.get("set")
    if number is not None:
        record = account.locate(number)
        if record is None:
            raise KeyError(number)
        return record
    if "survey" not in wanted:
        raise BadEditError("a new set needs a survey")
    return StoredSet(0, wanted["survey"], 0, None, None, None, 0, None, 0, _MOOD, 0, ())


def _seconds(value: Any, name: str) -> int | None:  # noqa: ANN401  (any JSON)
    if value is None and name == "completed":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadEditError(f"{name} must be a date or seconds since 1970") from None
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp())


def _given(form: Form, wanted: Any) -> list[Given]:  # noqa: ANN401  (any JSON)
    """Read answers: {item: value} or a list of {"item": …, "text": …, "weight": …, "numeric": …, …}."""
    if isinstance(wanted, list):
        return [_raw(form, one) for one in wanted]
    if not isinstance(wanted, dict):
        raise BadEditError("answers must be an object or an array")
    items = {str(item.id): item for item in form.items()}
    given: list[Given] = []
    for number, value in wanted.items():
        item = items.get(str(number))
        if item is None or item.label is not None:
            raise BadEditError(f"survey {form.id} has no item {number} to answer")
        given.extend(_answered(item, value))
    return given


def _answered(item: Item, value: Any) -> list[Given]:  # noqa: ANN401  (any JSON)
    if item.type == TEXT_FIELD:
        return [answers.written(item, str(value))]
    if item.type == CHECKBOX:
        ticks = value if isinstance(value, list) else [value]
        return [answers.ticked(item, _place(item, item.rows, tick)) for tick in ticks]
    if item.type == MATRIX:
        if not isinstance(value, dict):
            raise BadEditError(f"item {item.id} is a matrix: give {{statement: alternative}}")
        return [
            answers.rated(item, _place(item, item.rows, statement), _place(item, item.columns, chosen))
            for statement, chosen in value.items()
        ]
    return [answers.chosen(item, _place(item, item.rows, value))]


def _place(item: Item, steps: Sequence[Step], value: Any) -> int:  # noqa: ANN401  (any JSON)
    """Find an alternative by its text, or by its weight where a number is given."""
    for place, step in enumerate(steps):
        if (step.text == value) if isinstance(value, str) else (step.weight is not None and step.weight == value):
            return place
    raise BadEditError(f"item {item.id} has no alternative {value!r}")


def _raw(form: Form, wanted: Any) -> Given:  # noqa: ANN401  (any JSON)
    if not isinstance(wanted, dict) or not isinstance(wanted.get("item"), int):
        raise BadEditError("each answer needs an item")
    kinds = {item.id: item.type for item in form.items()}
    return Given(
        wanted["item"],
        wanted.get("type", kinds.get(wanted["item"], TEXT_FIELD)),
        wanted.get("question_text", ""),
        wanted.get("text", ""),
        wanted.get("numeric", 1),
        wanted.get("weight"),
    )
