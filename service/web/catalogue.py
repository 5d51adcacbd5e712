"""What is served: the surveys, and how their items are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.survey.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock
    from service.store.control import Catalogue, Control
    from service.store.freshness import FreshnessRule
    from service.survey.normalise import Reading


def surveys_document(
    control: Control, rule: FreshnessRule, clock: Clock, read: Callable[[Catalogue], Reading]
) -> dict[str, Any]:
    """The listed surveys, in the order listed; a survey not read yet has no name."""
    swept, now = control.swept(), clock.now()
    catalogues = control.catalogues(rule.surveys)
    surveys = []
    for survey_id in rule.surveys:
        catalogue = catalogues.get(survey_id)
        reading = read(catalogue) if catalogue else None
        surveys.append(
            {
                "id": survey_id,
                "name": catalogue.survey.name if catalogue else None,
                "language": catalogue.survey.language if catalogue else None,
                "freshness": rule.of(swept, now, [survey_id]).document,
                "question_items": len(reading.items) if reading else 0,
                "customer_label_found": bool(reading and reading.customer_items),
            }
        )
    return {"surveys": surveys}


class UnmappedCount:
    """How many alternatives of each survey are not understood; counted anew after a while, since it costs a scoring."""

    LIFETIME = 60.0  # seconds

    def __init__(
        self, control: Control, rule: FreshnessRule, clock: Clock, read: Callable[[Catalogue], Reading]
    ) -> None:
        self._control = control
        self._rule = rule
        self._clock = clock
        self._read = read
        self._known: tuple[float, dict[int, int]] | None = None

    def count(self) -> dict[int, int]:
        """By survey, those that were read at least once. Raises StoreAwayError."""
        now = self._clock.monotonic()
        if self._known is None or now - self._known[0] >= self.LIFETIME:
            found = {id_: _unmapped(self._read(c)) for id_, c in self._control.catalogues(self._rule.surveys).items()}
            self._known = now, found
        return self._known[1]


def _unmapped(how: Reading) -> int:
    return sum(step.reason is Reason.UNMAPPED for scale in how.scales.values() for step in scale.steps)
