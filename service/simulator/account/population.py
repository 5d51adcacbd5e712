"""Who answers, and when: fixed by seed and moment. The first customers are the same for any number of them."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from service.simulator import constants
from service.simulator.account import answers
from service.simulator.forms import FORMS
from service.simulator.forms.sv import COMMENT, SATISFACTION
from service.simulator.records import Respondent, StoredSet, draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from service.simulator.forms.shapes import Form

DAY: Final = 86_400
HISTORY_DAYS: Final = 300
_HOMES: Final = (0, 0, 0, 1, 1, 2)  # survey of a customer, by share
_PEOPLE: Final = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
_SETS: Final = (0, 1, 1, 1, 1, 1, 2, 2, 2, 3)
_ELSEWHERE, _UNFINISHED, _EDITED = 0.15, 0.05, 0.08
_CUSTOMERS_PER_ANONYMOUS: Final = 50
_FEWEST_ANONYMOUS: Final = 4


class Population(NamedTuple):
    """Everything at the start."""

    sets: list[StoredSet]
    respondents: dict[int, list[Respondent]]  # by survey
    next_set: int
    next_respondent: int


def populate(seed: int, customers: int, now: int) -> Population:
    """Invent the customers C-1001, C-1002 … and what they answered over the 300 days before `now` (seconds)."""
    with _no_collecting():
        return _Author(seed, now).write(customers)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Pause garbage collection: nothing here is garbage, and looking for it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Author:
    def __init__(self, seed: int, now: int) -> None:
        self._seed = seed
        self._now = now
        self._sets: list[StoredSet] = []
        self._respondents: dict[int, list[Respondent]] = {form.id: [] for form in FORMS}
        self._next_set = constants.FIRST_SET
        self._next_respondent = constants.FIRST_RESPONDENT

    def write(self, customers: int) -> Population:
        if customers:
            self._story()
        for number in range(constants.FIRST_CUSTOMER + 1, constants.FIRST_CUSTOMER + customers):
            self._customer(number)
        self._anonymous(customers)
        return Population(self._sets, self._respondents, self._next_set, self._next_respondent)

    def _story(self) -> None:
        """C-1001, the customer in the README: satisfied 82 days ago, very dissatisfied yesterday."""
        form = FORMS[0]
        item = next(item for item in form.items() if item.id == SATISFACTION)
        field = next(item for item in form.items() if item.id == COMMENT)
        who = Respondent(constants.STORY_RESPONDENT, constants.STORY_CUSTOMER, constants.STORY_CONTACT)
        self._respondents[form.id].append(who)
        told = (
            (constants.STORY_OLDER_SET, 82 * DAY, 3, "Snabb hjälp, tack!", 0.75),
            (constants.STORY_NEWEST_SET, DAY + 7200, 0, "Vi väntade tre veckor på svar.", 0.0),
        )
        for number, ago, place, comment, mood in told:
            done = self._now - ago
            given = (answers.chosen(item, place), answers.written(field, comment))
            self._sets.append(
                StoredSet(
                    number,
                    form.id,
                    who.id,
                    who.customer,
                    who.contact,
                    form.regions[0],
                    done - 240,
                    done,
                    done,
                    mood,
                    0,
                    given,
                )
            )

    def _customer(self, number: int) -> None:
        chance = draw(self._seed, "customer", number)
        name = f"C-{number}"
        mood = chance.betavariate(3.2, 1.6)
        home = chance.choice(_HOMES)
        for person in range(chance.choice(_PEOPLE)):
            place = chance.randrange(len(FORMS)) if chance.random() < _ELSEWHERE else home
            who = Respondent(self._next_respondent, name, f"P-{number}-{person + 1}")
            self._next_respondent += 1
            self._respondents[FORMS[place].id].append(who)
            region = chance.choice(FORMS[place].regions)
            for days in sorted(
                (HISTORY_DAYS * chance.random() ** 2 for _ in range(chance.choice(_SETS))), reverse=True
            ):
                mood = min(1.0, max(0.0, mood + chance.gauss(0, 0.2)))
                self._add(chance, FORMS[place], who, region, days, mood)

    def _add(self, chance: Random, form: Form, who: Respondent, region: str, days: float, mood: float) -> None:
        done = self._now - 60 - int(days * DAY)
        created = done - chance.randint(60, 900)
        fate = chance.random()
        completed: int | None = done
        updated = done
        if fate < _UNFINISHED:
            completed, updated = None, created
        elif fate < _UNFINISHED + _EDITED:
            updated = min(self._now - 30, done + chance.randint(600, 3 * DAY))
        self._sets.append(
            StoredSet(
                self._next_set, form.id, who.id, who.customer, who.contact, region, created, completed, updated, mood
            )
        )
        self._next_set += 1

    def _anonymous(self, customers: int) -> None:
        """Sets without a respondent; every other one still carries a customer's ID, which must not be used."""
        if not customers:
            return
        chance = draw(self._seed, "anonymous")
        for place in range(max(_FEWEST_ANONYMOUS, customers // _CUSTOMERS_PER_ANONYMOUS)):
            number = constants.FIRST_CUSTOMER + 1 + place
            who = Respondent(-1, f"C-{number}", f"P-{number}-1")
            form = FORMS[place % len(FORMS)]
            done = self._now - 60 - int(HISTORY_DAYS * chance.random() ** 2 * DAY)
            known = place % 2 == 0
            self._sets.append(
                StoredSet(
                    self._next_set,
                    form.id,
                    who.id,
                    who.customer if known else None,
                    who.contact if known else None,
                    None,
                    done - 240,
                    done,
                    done,
                    chance.random(),
                )
            )
            self._next_set += 1
