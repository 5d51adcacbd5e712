"""The German survey: best first except on 0–10, with falling weights on two scales."""

from __future__ import annotations

from typing import Final

from service.simulator import constants
from service.simulator.forms.shapes import (
    CHECKBOX,
    DROPDOWN,
    MATRIX,
    RADIOBUTTON,
    TEXT_FIELD,
    WEIGHTED,
    Form,
    Item,
    background,
    best_first,
    plain,
    question,
    zero_to_ten,
)

_SATISFACTION = best_first(
    ["Sehr zufrieden", "Zufrieden", "Teils/teils", "Unzufrieden", "Sehr unzufrieden"], other=["Weiß nicht"]
)
_EFFORT = best_first(["Sehr einfach", "", "", "", "Sehr schwierig"], [5, 4, 3, 2, 1], other=["Weiß nicht"])
_AGREEMENT = best_first(
    ["Trifft voll und ganz zu", "Trifft eher zu", "Teils/teils", "Trifft eher nicht zu", "Trifft überhaupt nicht zu"],
    [4, 3, 2, 1, 0],
    other=["Keine Angabe"],
)

FORM: Final = Form(
    id=constants.GERMAN,
    name="Kundenzufriedenheit",
    language="deu",
    category="Kunden",
    questions=(
        question(111, "Wie zufrieden sind Sie mit uns?", Item(131, RADIOBUTTON, rows=_SATISFACTION)),
        question(
            112,
            "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
            Item(132, WEIGHTED, rows=zero_to_ten("Äußerst unwahrscheinlich", "Äußerst wahrscheinlich"), answered=0.7),
        ),
        question(113, "Wie einfach war es, Ihr Anliegen zu lösen?", Item(133, WEIGHTED, rows=_EFFORT, answered=0.6)),
        question(
            114,
            "Inwieweit treffen die Aussagen zu?",
            Item(
                134,
                MATRIX,
                rows=plain(["Der Kundendienst ist freundlich", "Die Lieferung kommt pünktlich"]),
                columns=_AGREEMENT,
                answered=0.7,
            ),
        ),
        question(
            115,
            "Mit welcher Abteilung hatten Sie zuletzt Kontakt?",
            Item(135, DROPDOWN, rows=plain(["Vertrieb", "Kundendienst", "Buchhaltung", "Versand"]), answered=0.8),
        ),
        question(
            116,
            "Worum ging es? Mehrere Antworten sind möglich.",
            Item(
                136, CHECKBOX, rows=plain(["Bestellung", "Rechnung", "Reklamation", "Technische Frage"]), answered=0.6
            ),
        ),
        question(117, "Möchten Sie uns noch etwas sagen?", Item(137, TEXT_FIELD, "Ihr Kommentar", answered=0.5)),
        background(118, "Hintergrunddaten", 138),
    ),
    comments=(
        (
            "Seit drei Wochen keine Rückmeldung.",
            "Die Rechnung war schon wieder falsch.",
            "Versprochener Rückruf kam nie.",
            "Lieferung verspätet und unvollständig.",
        ),
        ("Ganz in Ordnung, die Website ist umständlich.", "Gutes Produkt, lange Warteschleife."),
        ("Schnelle Hilfe, vielen Dank!", "Immer freundlich & zuverlässig.", "Weiter so 👍"),
    ),
    regions=("Nord", "Süd", "West", "Ost"),
    no_label=None,
    null_lists=True,
)
