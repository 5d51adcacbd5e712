"""The account: answer sets and respondents by survey, and every change to them. Safe to share between threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from service.simulator.account import answers
from service.simulator.account.population import populate
from service.simulator.account.settings import Narrowing, SurveySettings
from service.simulator.forms import FORMS
from service.simulator.oddities.trees import TREES
from service.simulator.records import Given, Respondent, StoredSet, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.simulator.forms.shapes import Form

_REMEMBERED_VIEWS: Final = 8


@dataclass(slots=True)
class _Survey:
    form: Form
    sets: dict[int, StoredSet] = field(default_factory=dict)  # by id, rising
    by_respondent: dict[int, list[int]] = field(default_factory=dict)
    respondents: list[Respondent] = field(default_factory=list)
    settings: SurveySettings = field(default_factory=SurveySettings)
    views: dict[tuple[Narrowing, str], Sequence[StoredSet]] = field(default_factory=dict)
    shuffles: int = 0


class Account:
    """One account of three surveys. Deterministic for the same seed, number of customers and moment (seconds)."""

    def __init__(self, *, seed: int, customers: int, now: int) -> None:
        self.seed = seed
        self.customers = customers
        self.started = now
        self._lock = threading.RLock()
        start = populate(seed, customers, now)
        self._next_set = start.next_set
        self._next_respondent = start.next_respondent
        self._home: dict[int, int] = {}  # survey of each set
        self._surveys = {form.id: _Survey(form, respondents=start.respondents[form.id]) for form in FORMS}
        for record in start.sets:
            self._put(record)

    # Reads

    def forms(self) -> list[Form]:
        return [kept.form for kept in self._surveys.values() if not kept.settings.missing]

    def form(self, survey: int) -> Form | None:
        """The survey, or None where there is none or it has gone missing."""
        kept = self._surveys.get(survey)
        return None if kept is None or kept.settings.missing else kept.form

    def settings(self, survey: int) -> SurveySettings:
        return self._surveys[survey].settings

    def respondents(self, survey: int) -> list[Respondent]:
        with self._lock:
            return list(self._surveys[survey].respondents)

    def view(self, survey: int, narrowing: Narrowing) -> Sequence[StoredSet]:
        """The sets that fit, in the survey's order. Quick when asked again for another page."""
        with self._lock:
            kept = self._surveys[survey]
            if kept.settings.empty:
                return ()
            order = kept.settings.order
            found = kept.views.get((narrowing, order))
            if found is None:
                found = _ordered([record for record in kept.sets.values() if narrowing.fits(record)], order)
                while len(kept.views) >= _REMEMBERED_VIEWS:
                    del kept.views[next(iter(kept.views))]
                kept.views[narrowing, order] = found
            if order == "shuffled":
                kept.shuffles += 1
                mixed = list(found)
                draw(self.seed, "order", kept.shuffles).shuffle(mixed)
                return mixed
            return found

    def find(self, survey: int, number: int) -> StoredSet | None:
        with self._lock:
            kept = self._surveys[survey]
            return None if kept.settings.empty else kept.sets.get(number)

    def of_respondent(self, survey: int, respondent: int) -> list[StoredSet]:
        with self._lock:
            kept = self._surveys[survey]
            numbers = [] if kept.settings.empty else kept.by_respondent.get(respondent, [])
            return [kept.sets[number] for number in numbers]

    def answers(self, record: StoredSet) -> list[Given]:
        """Give a set's answer rows; rows of background data only where that is added to the survey."""
        kept = self._surveys[record.survey]
        given = answers.of_set(self.seed, kept.form, record)
        if kept.settings.labels_added:
            return given
        fed = {item.id for item in kept.form.items() if item.label is not None}
        return [one for one in given if one.item not in fed]

    def odd_tree(self, survey: int, tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Change a reply's question tree as the survey's settings say; uses up one of `tree_replies`."""
        with self._lock:
            settings = self._surveys[survey].settings
            if settings.tree_replies is not None:
                if settings.tree_replies <= 0:
                    return tree
                settings.tree_replies -= 1 if settings.tree else 0
            for name in settings.tree:
                tree = TREES[name](tree, self.customers_of(survey))
            return tree

    def customers_of(self, survey: int) -> list[str]:
        """Every customer that occurs in a survey, in order."""
        with self._lock:
            return sorted({one.customer for one in self._surveys[survey].sets.values() if one.customer is not None})

    def lowest(self, survey: int, count: int) -> set[int]:
        """The lowest `count` ids of a survey's sets."""
        with self._lock:
            return set(sorted(self._surveys[survey].sets)[:count])

    def everything(self) -> list[StoredSet]:
        """Every set of every survey, whatever the settings hide: the truth that tests compare with."""
        with self._lock:
            return [record for kept in self._surveys.values() for record in kept.sets.values()]

    # Changes

    def configure(self, survey: int, **settings: Any) -> None:  # noqa: ANN401  (checked by the control routes)
        with self._lock:
            for name, value in settings.items():
                setattr(self._surveys[survey].settings, name, value)

    def locate(self, number: int) -> StoredSet | None:
        """A set by its id alone."""
        with self._lock:
            home = self._home.get(number)
            return None if home is None else self._surveys[home].sets[number]

    def replace(self, record: StoredSet) -> bool:
        """Put an edited set in its place, in its survey; False where it has been erased meanwhile."""
        with self._lock:
            kept = self._surveys[record.survey]
            old = kept.sets.get(record.id)
            if old is None:
                return False
            kept.by_respondent[old.respondent].remove(record.id)
            self._put(record)
            return True

    def add(self, records: Iterable[StoredSet]) -> list[StoredSet]:
        """File new sets; ids of 0 are given here, and a respondent of 0 becomes a new one."""
        added = []
        with self._lock:
            for record in records:
                respondent = record.respondent or self.enlist(record.survey, record.customer or "", record.contact).id
                new = record._replace(id=self._next_set, respondent=respondent)
                self._next_set += 1
                self._put(new)
                added.append(new)
        return added

    def put(self, records: Iterable[StoredSet]) -> list[StoredSet]:
        """Add those whose id is 0, and edit the others; all at once, as far as readers can see."""
        with self._lock:
            done = []
            for record in records:
                if record.id == 0:
                    done.extend(self.add([record]))
                elif self.replace(record):
                    done.append(record)
            return done

    def enlist(self, survey: int, customer: str, contact: str | None) -> Respondent:
        """Put a new respondent on a survey's list."""
        with self._lock:
            number = self._next_respondent
            self._next_respondent += 1
            who = Respondent(number, customer, contact or f"P-{number}")
            self._surveys[survey].respondents.append(who)
            return who

    def erase(self, number: int) -> bool:
        """Erase one set; False where there is none."""
        with self._lock:
            home = self._home.pop(number, None)
            if home is None:
                return False
            kept = self._surveys[home]
            record = kept.sets.pop(number)
            kept.by_respondent[record.respondent].remove(number)
            kept.views.clear()
            return True

    def delete_partly(self, survey: int, count: int) -> list[StoredSet]:
        """Take person, background data and open text out of the oldest answers; ids and Updated stay."""
        with self._lock:
            kept = self._surveys[survey]
            done = [record for record in kept.sets.values() if record.completed is not None and record.respondent > 0]
            chosen = sorted(done, key=lambda record: (record.completed, record.id))[:count]
            bare = [answers.without_person(self.seed, kept.form, record) for record in chosen]
            for record in bare:
                self.replace(record)
            return bare

    def forget_customer(self, customer: str) -> int:
        """Erase a customer's sets and respondents; gives how many sets there were."""
        with self._lock:
            numbers = [record.id for record in self.everything() if record.customer == customer]
            for number in numbers:
                self.erase(number)
            for kept in self._surveys.values():
                kept.respondents[:] = [who for who in kept.respondents if who.customer != customer]
            return len(numbers)

    def _put(self, record: StoredSet) -> None:
        kept = self._surveys[record.survey]
        kept.sets[record.id] = record
        kept.by_respondent.setdefault(record.respondent, []).append(record.id)
        self._home[record.id] = record.survey
        kept.views.clear()


def _ordered(records: list[StoredSet], order: str) -> list[StoredSet]:
    if order == "updated":
        return sorted(records, key=lambda record: (record.updated, record.id))
    return records[::-1] if order == "reversed" else records
