"""High, low, big and small: only where the noun is known, and in its direction."""

from __future__ import annotations

import pytest

HIGH = {
    "en": ["Very high", "High", "Low", "Very low"],
    "sv": ["Mycket hög", "Hög", "Låg", "Mycket låg"],
    "no": ["Svært høy", "Høy", "Lav", "Svært lav"],
    "da": ["Meget høj", "Høj", "Lav", "Meget lav"],
    "de": ["Sehr hoch", "Hoch", "Niedrig", "Sehr niedrig"],
    "fi": ["Erittäin korkea", "Korkea", "Matala", "Erittäin matala"],
}
BIG = {
    "en": ["Very large", "Large", "Small", "Very small"],
    "sv": ["Mycket stort", "Ganska stort", "Ganska litet", "Mycket litet"],
    "no": ["Svært stor", "Ganske stor", "Ganske liten", "Svært liten"],
    "da": ["Meget stor", "Ret stor", "Ret lille", "Meget lille"],
    "de": ["Sehr groß", "Groß", "Gering", "Sehr gering"],
    "fi": ["Erittäin suuri", "Melko suuri", "Melko pieni", "Erittäin pieni"],
}
GOOD = {
    "en": ["How high is your trust in us?", "How would you rate the quality?", "What is your motivation like?"],
    "sv": ["Hur stort förtroende har du för oss?", "Hur bedömer du kvaliteten?", "Hur är din motivation?"],
    "no": ["Hvor stor tillit har du til oss?", "Hvordan vurderer du kvaliteten?", "Hvordan er motivasjonen din?"],
    "da": ["Hvor stor tillid har du til os?", "Hvordan vurderer du kvaliteten?", "Hvordan er din motivation?"],
    "de": ["Wie groß ist Ihr Vertrauen?", "Wie beurteilen Sie die Qualität der Wartung?", "Wie ist deine Motivation?"],
    "fi": ["Kuinka suuri luottamuksesi on?", "Miten arvioit laadun?", "Millainen motivaatiosi on?"],
}  # fmt: skip
BAD = {
    "en": ["How do you rate the risk?", "How high is your workload?", "How is the noise?", "How are our prices?"],
    "sv": ["Hur stor är risken?", "Hur är din arbetsbelastning?", "Hur är bullret?", "Vad tycker du om våra priser?"],
    "no": ["Hvor stor er risikoen?", "Hvordan er arbeidsbelastningen din?", "Hvordan er støyen?"],
    "da": ["Hvor stor er risikoen?", "Hvordan er din arbejdsbelastning?", "Hvordan er støjen?"],
    "de": ["Wie hoch ist das Risiko?", "Wie ist Ihre Arbeitsbelastung?", "Wie beurteilen Sie den Nachholbedarf?"],
    "fi": ["Kuinka suuri riski on?", "Millainen työkuormituksesi on?", "Millainen melu on?"],
}  # fmt: skip
NOTHING_KNOWN = {
    "en": "How do you rate the zork?",
    "sv": "Hur bedömer du zorken?",
    "no": "Hvordan vurderer du zorken?",
    "da": "Hvordan vurderer du zorken?",
    "de": "Wie beurteilen Sie den Zork?",
    "fi": "Millainen zorkki on?",
}
BOTH = {
    "en": "How would you rate the quality of our prices?",
    "sv": "Hur bedömer du kvaliteten jämfört med priset?",
    "no": "Hvordan vurderer du kvaliteten mot prisen?",
    "da": "Hvordan vurderer du kvaliteten i forhold til prisen?",
    "de": "Wie beurteilen Sie die Qualität im Vergleich zum Preis?",
    "fi": "Miten arvioit laatua hintaan nähden?",
}
RISING = [0, pytest.approx(100 / 3), pytest.approx(200 / 3), 100]


def cases(table):
    return [pytest.param(code, q, id=f"{code}-{q}") for code, questions in table.items() for q in questions]


def told(scorer, labels, question):
    scale = scorer.explain(labels, question)
    return scale.rule, [step.score for step in scale.steps]


@pytest.mark.parametrize("labels", [HIGH, BIG], ids=["high", "big"])
@pytest.mark.parametrize(("code", "question"), cases(GOOD))
def test_much_of_something_good_is_good(scorer, labels, code, question):
    assert told(scorer, labels[code], question) == ("noun_tells_levels", RISING[::-1])


@pytest.mark.parametrize("labels", [HIGH, BIG], ids=["high", "big"])
@pytest.mark.parametrize(("code", "question"), cases(BAD))
def test_much_of_something_bad_is_bad(scorer, labels, code, question):
    assert told(scorer, labels[code], question) == ("noun_tells_levels", RISING)


@pytest.mark.parametrize("labels", [HIGH, BIG], ids=["high", "big"])
@pytest.mark.parametrize("code", HIGH)
def test_of_what_nobody_knows_nothing_is_told(scorer, labels, code):
    for question in (NOTHING_KNOWN[code], BOTH[code], ""):
        assert told(scorer, labels[code], question) == ("levels_of_nothing_known", [None] * 4), question


ENDS = [
    ("Wie groß ist Ihr Vertrauen?", [100, 75, 50, 25, 0]),
    ("Wie beurteilen Sie den Nachholbedarf?", [0, 25, 50, 75, 100]),
    ("Wie ist der Zork?", [None] * 5),
]


@pytest.mark.parametrize(("question", "expected"), ENDS)
def test_levels_as_the_ends_of_numbers(scorer, question, expected):
    labels = ["1 = ziemlich groß", "2", "3", "4", "5 = ziemlich gering"]
    assert [step.score for step in scorer.explain(labels, question).steps] == expected
