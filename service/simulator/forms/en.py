"""The English survey: weights on all scales but one, a type that is not documented, and a question that is no scale."""

from __future__ import annotations

from typing import Final

from service.simulator import constants
from service.simulator.forms.shapes import (
    CHECKBOX,
    DROPDOWN,
    MATRIX,
    NPS,
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

_SATISFACTION = worst_first(
    ["Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied", "Very satisfied"],
    [0, 25, 50, 75, 100],
    other=["Don't know"],
)
_EFFORT = worst_first(
    ["Very difficult", "", "", "Neither", "", "", "Very easy"], [1, 2, 3, 4, 5, 6, 7], other=["Not applicable"]
)
_QUALITY = worst_first(["Very poor", "Poor", "Fair", "Good", "Excellent"], other=["Not applicable"])

FORM: Final = Form(
    id=constants.ENGLISH,
    name="Customer satisfaction",
    language="eng",
    category="Customers",
    questions=(
        question(211, "Overall, how satisfied are you with our service?", Item(231, WEIGHTED, rows=_SATISFACTION)),
        question(
            212,
            "How likely are you to recommend us to a friend or colleague?",
            Item(232, NPS, rows=zero_to_ten("Not at all likely", "Extremely likely"), answered=0.7),
        ),
        question(213, "How easy was it to get help?", Item(233, WEIGHTED, rows=_EFFORT, answered=0.6)),
        question(
            214,
            "How would you rate the following?",
            Item(
                234,
                MATRIX,
                rows=plain(["Delivery time", "Customer service", "Product quality"]),
                columns=_QUALITY,
                answered=0.7,
            ),
        ),
        question(
            215,
            "Which department were you last in touch with?",
            Item(235, DROPDOWN, rows=plain(["Sales", "Customer service", "Accounts", "Delivery"]), answered=0.8),
        ),
        question(
            216,
            "What have you contacted us about? Tick all that apply.",
            Item(236, CHECKBOX, rows=plain(["Order", "Invoice", "Complaint", "Technical question"]), answered=0.6),
        ),
        question(
            217,
            "How often do you order from us?",
            Item(237, RADIOBUTTON, rows=plain(["Daily", "Weekly", "Monthly", "Less often"]), answered=0.7),
        ),
        question(218, "Anything else?", Item(238, TEXT_FIELD, "Your comment", answered=0.5)),
        background(219, "Background data", 239),
    ),
    comments=(
        (
            "We waited three weeks for an answer.",
            "The invoice was wrong for the second time.",
            "Nobody called back although they promised to.",
            "Late delivery, and one box was missing.",
        ),
        ("Fine, but the website is clumsy.", "Good product, long phone queue.", "About the same as last year."),
        ("Quick help, thank you!", "Always friendly.", "It just works – keep it up 👍"),
    ),
    regions=("North", "South"),
    no_label=-1,
    null_lists=True,
)
