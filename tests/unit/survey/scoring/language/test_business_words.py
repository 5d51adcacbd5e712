"""The words of business life: the same adjectives and nouns in all six core languages."""

from __future__ import annotations

import pytest

from tests.unit.survey.scoring.judged_scales import judged

CONCEPTS = judged("concepts.jsonl")
ADJECTIVES = [row for row in CONCEPTS if "noun" not in row["pole"]]
NOUNS = [row for row in CONCEPTS if "noun" in row["pole"]]
DEGREES = {
    "en": ["Not at all {}", "Not very {}", "Fairly {}", "Very {}"],
    "sv": ["Inte alls {}", "Inte särskilt {}", "Ganska {}", "Mycket {}"],
    "no": ["Slett ikke {}", "Ikke særlig {}", "Ganske {}", "Svært {}"],
    "da": ["Slet ikke {}", "Ikke særlig {}", "Ganske {}", "Meget {}"],
    "de": ["Überhaupt nicht {}", "Nicht besonders {}", "Ziemlich {}", "Sehr {}"],
    "fi": ["Ei lainkaan {}", "Ei kovin {}", "Melko {}", "Erittäin {}"],
}
LEVELS = {
    "en": ["Very high {}", "Fairly high {}", "Fairly low {}", "Very low {}"],
    "sv": ["Mycket hög {}", "Ganska hög {}", "Ganska låg {}", "Mycket låg {}"],
    "no": ["Svært høy {}", "Ganske høy {}", "Ganske lav {}", "Svært lav {}"],
    "da": ["Meget høj {}", "Ganske høj {}", "Ganske lav {}", "Meget lav {}"],
    "de": ["Sehr hohe {}", "Ziemlich hohe {}", "Ziemlich niedrige {}", "Sehr niedrige {}"],
    "fi": ["Erittäin suuri {}", "Melko suuri {}", "Melko pieni {}", "Erittäin pieni {}"],
}
FEWEST = 150  # adjectives that every core language scores
RISING = [0, pytest.approx(100 / 3), pytest.approx(200 / 3), 100]


def scores(scorer, labels):
    return [step.score for step in scorer.explain(labels).steps]


@pytest.mark.parametrize("language", DEGREES)
def test_how_much_of_an_adjective_is_never_wrong_and_hardly_ever_silent(scorer, language):
    told = {}
    for row in ADJECTIVES:
        expected = RISING if row["pole"] == "good" else RISING[::-1]
        found = [scores(scorer, [degree.format(word) for degree in DEGREES[language]]) for word in row[language]]
        assert all(got in (expected, [None] * 4) for got in found), row[language]
        told[row["en"][0]] = found[0] == expected
    assert sum(told.values()) >= FEWEST
    assert [word for word, scored in told.items() if not scored and word not in SILENT] == []


# Silent in one language or more: importance or chances there, or feelings that ask for a question.
SILENT = {
    "relevant",
    "affordable",
    "expensive",
    "disturbing",
    "stressed",
    "stressful",
    "uninterested",
    "disappointing",
    "worried",
    "nervous",
    "irrelevant",
    "anxious",
    "sufficient",
    "suitable",
}


@pytest.mark.parametrize("language", LEVELS)
def test_how_much_of_a_noun_is_scored_in_its_direction(scorer, language):
    scored = 0
    for row in NOUNS:
        expected = RISING[::-1] if row["pole"] == "good noun" else RISING
        for word in row[language]:
            got = scores(scorer, [level.format(word) for level in LEVELS[language]])
            assert got in (expected, [None] * 4), word
            scored += got == expected
    assert scored >= len(NOUNS)


PRAISE_BEFORE_DEPARTMENT = [
    ["Bra kundtjänst", "Dålig kundtjänst"],
    ["God kundeservice", "Dårlig kundeservice"],
    ["God service", "Dårlig service"],
    ["Guter Support", "Schlechter Support"],
    ["Guter Service", "Mittelmäßiger Service", "Schlechter Service"],
    ["Hyvä asiakaspalvelu", "Huono asiakaspalvelu"],
    ["Good support", "Bad support"],
    ["Excellent customer service", "Good customer service", "Poor customer service"],
    ["Trevlig personal", "Otrevlig personal"],
    ["Schnelle Lieferung", "Langsame Lieferung"],
    ["Nopea toimitus", "Hidas toimitus"],
]


@pytest.mark.parametrize("labels", PRAISE_BEFORE_DEPARTMENT, ids=lambda labels: labels[0])
def test_praise_counts_before_the_department(scorer, labels):
    found = scores(scorer, labels)
    assert (found[0], found[-1]) == (100, 0)
    assert sorted(found, reverse=True) == found


@pytest.mark.parametrize(
    "labels",
    [
        ["Kundtjänst", "Support", "Försäljning"],
        ["Support", "Vertrieb", "Buchhaltung"],
        ["Good service", "Good price", "Good selection"],
        ["Bra kundtjänst", "Bra priser", "Dålig leverans"],
        ["Guter Service", "Schnelle Lieferung", "Hoher Preis"],
    ],
    ids=lambda labels: labels[0],
)
def test_a_list_of_different_things_is_no_scale(scorer, labels):
    assert scores(scorer, labels) == [None] * len(labels)
