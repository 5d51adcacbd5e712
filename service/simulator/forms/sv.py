"""The Swedish survey: worst first."""

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
    plain,
    question,
    worst_first,
    zero_to_ten,
)

SATISFACTION: Final = 31
COMMENT: Final = 37

_SATISFACTION = worst_first(["Mycket missnöjd", "Missnöjd", "Varken eller", "Nöjd", "Mycket nöjd"], other=["Vet ej"])
_EFFORT = worst_first(["Mycket svårt", "", "", "", "Mycket lätt"], [1, 2, 3, 4, 5], other=["Vet ej"])
_QUALITY = worst_first(["Mycket dåligt", "Dåligt", "Varken bra eller dåligt", "Bra", "Mycket bra"], other=["Vet ej"])

FORM: Final = Form(
    id=constants.SWEDISH,
    name="Kundnöjdhet",
    language="swe",
    category="Kunder",
    questions=(
        question(11, "Hur nöjd är du med oss?", Item(SATISFACTION, RADIOBUTTON, rows=_SATISFACTION)),
        question(
            12,
            "Hur sannolikt är det att du skulle rekommendera oss till en vän eller kollega?",
            Item(32, WEIGHTED, rows=zero_to_ten("Inte alls sannolikt", "Mycket sannolikt"), answered=0.7),
        ),
        question(
            13, "Hur lätt eller svårt var det att få hjälp av oss?", Item(33, WEIGHTED, rows=_EFFORT, answered=0.6)
        ),
        question(
            14,
            "Vad tycker du om följande?",
            Item(
                34,
                MATRIX,
                rows=plain(["Leveranstiden", "Kundtjänstens bemötande", "Produkternas kvalitet"]),
                columns=_QUALITY,
                answered=0.7,
            ),
        ),
        question(
            15,
            "Vilken avdelning hade du kontakt med senast?",
            Item(35, DROPDOWN, rows=plain(["Försäljning", "Kundtjänst", "Ekonomi", "Leverans"]), answered=0.8),
        ),
        question(
            16,
            "Vad har du kontaktat oss om? Flera svar är möjliga.",
            Item(36, CHECKBOX, rows=plain(["Beställning", "Faktura", "Reklamation", "Teknisk fråga"]), answered=0.6),
        ),
        question(17, "Berätta gärna mer", Item(COMMENT, TEXT_FIELD, "Din kommentar", answered=0.5)),
        background(18, "Bakgrundsdata", 38),
    ),
    comments=(
        (
            "Vi väntade tre veckor på svar.",
            "Fel på fakturan för andra gången i rad.",
            "Ingen ringde tillbaka trots löfte.",
            "Leveransen kom för sent och en låda saknades.",
        ),
        ("Helt okej, men webben är krånglig.", "Bra produkt, lång kö i telefon.", "Ungefär som förra året."),
        ("Snabb hjälp, tack!", "Alltid trevligt bemötande.", "Det bara fungerar – fortsätt så 👍"),
    ),
    regions=("Norr", "Mitt", "Syd"),
    no_label=0,
    null_lists=False,
)
