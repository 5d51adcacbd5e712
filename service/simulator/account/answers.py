"""Which answers a set holds, and how the API encodes each type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.simulator import constants
from service.simulator.forms.shapes import CHECKBOX, MATRIX, TEXT_FIELD
from service.simulator.records import Given, StoredSet, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from service.simulator.forms.shapes import Form, Item, Step

_NO_OPINION = 0.05
_SPREAD = 0.12
_BAD, _GOOD = 0.4, 0.65


def of_set(seed: int, form: Form, record: StoredSet) -> list[Given]:
    """All answer rows of a set; those fed by background data come last."""
    given = list(record.answers) if record.answers is not None else _drawn(seed, form, record)
    values = {
        constants.CUSTOMER_LABEL_ID: record.customer,
        constants.CONTACT_LABEL_ID: record.contact,
        constants.REGION_LABEL_ID: record.region,
    }
    for item in form.items():
        value = None if item.label is None else values.get(item.label)
        if value is not None:
            given.append(Given(item.id, item.type, item.text, value, 1, None))
    return given


def without_person(seed: int, form: Form, record: StoredSet) -> StoredSet:
    """What Partial Delete leaves of a set: the choices, without a person."""
    drawn = list(record.answers) if record.answers is not None else _drawn(seed, form, record)
    choices = tuple(one for one in drawn if one.type != TEXT_FIELD)
    return record._replace(respondent=-1, customer=None, contact=None, region=None, answers=choices)


def _drawn(seed: int, form: Form, record: StoredSet) -> list[Given]:
    chance = draw(seed, "set", record.id, record.revision)
    asked = [item for item in form.items() if item.label is None]
    if record.completed is None:  # somebody left half-way
        asked = asked[: len(asked) // 2]
    given = _marked(form, record)
    for item in asked:
        if item.type == TEXT_FIELD:
            if not _marks(record) and chance.random() < item.answered:
                given.append(written(item, _comment(chance, form, record.mood)))
        elif chance.random() < item.answered:
            given.extend(_ANSWERED.get(item.type, _one_choice)(chance, item, record.mood))
    return given


def _marks(record: StoredSet) -> str:
    anonymous = constants.ANONYMOUS_MARKER if record.respondent <= 0 else ""
    unfinished = constants.UNFINISHED_MARKER if record.completed is None else ""
    return f"{anonymous} {unfinished}".strip()


def _marked(form: Form, record: StoredSet) -> list[Given]:
    marks = _marks(record)
    field = next(item for item in form.items() if item.type == TEXT_FIELD and item.label is None)
    return [written(field, f"{form.comments[0][0]} {marks}")] if marks else []


def _comment(chance: Random, form: Form, mood: float) -> str:
    tone = 0 if mood < _BAD else 1 if mood < _GOOD else 2
    return chance.choice(form.comments[tone])


def _pick(chance: Random, steps: Sequence[Step], mood: float) -> int:
    """Give the position (from 0) that somebody in this mood takes."""
    scale = [(step.level, place) for place, step in enumerate(steps) if step.level is not None]
    others = [place for place, step in enumerate(steps) if step.level is None]
    if not scale or (others and chance.random() < _NO_OPINION):
        return chance.choice(others)
    wanted = mood + chance.gauss(0, _SPREAD)
    return min((abs(level - wanted), place) for level, place in scale)[1]


def written(item: Item, text: str) -> Given:
    """Encode text written into a field."""
    return Given(item.id, item.type, item.text, text, 1, None)


def chosen(item: Item, place: int) -> Given:
    """Encode one alternative, by its position from 0; the question is in the tree alone."""
    step = item.rows[place]
    return Given(item.id, item.type, "", step.text, place + 1, step.weight)


def ticked(item: Item, place: int) -> Given:
    """Encode one tick of a checkbox."""
    return Given(item.id, item.type, item.rows[place].text, "", -1, None)


def rated(item: Item, row: int, column: int) -> Given:
    """Encode one statement of a matrix."""
    step = item.columns[column]
    return Given(item.id, item.type, item.rows[row].text, step.text, column + 1, step.weight)


def _one_choice(chance: Random, item: Item, mood: float) -> list[Given]:
    return [chosen(item, _pick(chance, item.rows, mood))]


def _ticks(chance: Random, item: Item, _mood: float) -> list[Given]:
    count = chance.randint(1, 2)
    return [ticked(item, place) for place in sorted(chance.sample(range(len(item.rows)), count))]


def _ratings(chance: Random, item: Item, mood: float) -> list[Given]:
    return [rated(item, row, _pick(chance, item.columns, mood)) for row in range(len(item.rows))]


_ANSWERED: dict[str, Callable[[Random, Item, float], list[Given]]] = {
    CHECKBOX: _ticks,
    MATRIX: _ratings,
}
