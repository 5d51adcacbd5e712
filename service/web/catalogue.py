"""What is served: the surveys, and how their items are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
