"""Lists of which only some is understood: scored where that is safe, silent where a strange word may be the end."""

import pytest

from service.survey.model import Kind


def scores(scorer, texts, question=""):
    return [step.score for step in scorer.explain(texts, question).steps]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "Fik du hjælp til dit problem?",
            ("Slet ingen hjælp", "Lidt hjælp", "Hele hjælpen", "Al den hjælp jeg ønskede"),
        ),
        ("Did you get help?", ("Good", "Bad", "Blorp", "Frumious")),
    ],
)
def test_as_many_strange_labels_as_known_ones_outside_are_no_scale(scorer, question, texts):
    assert scores(scorer, texts, question) == [None] * len(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ("Helt utan inflytande", "Litet inflytande", "Visst inflytande", "Stort inflytande"),
        ("Helt uten innflytelse", "Liten innflytelse", "Noe innflytelse", "Stor innflytelse"),
        ("Helt uden indflydelse", "Lille indflydelse", "Nogen indflydelse", "Stor indflydelse"),
        ("Ganz ohne Einfluss", "Wenig Einfluss", "Etwas Einfluss", "Viel Einfluss"),
        ("Completely without influence", "Little influence", "Some influence", "A lot of influence"),
    ],
    ids=lambda texts: texts[0],
)
def test_without_something_good_is_the_end(scorer, texts):
    assert scores(scorer, texts) == [0, pytest.approx(100 / 3), pytest.approx(200 / 3), 100]


@pytest.mark.parametrize(
    "texts",
    [
        ("Svært usikker", "Litt usikker", "Litt sikker", "Svært sikker"),
        ("Mycket osäker", "Lite osäker", "Ganska säker", "Mycket säker"),
        ("Very unsure", "A little unsure", "Fairly sure", "Very sure"),
    ],
    ids=lambda texts: texts[1],
)
def test_a_little_unsure_is_a_step_of_how_sure_somebody_is(scorer, texts):
    assert scores(scorer, texts) == [0, pytest.approx(100 / 3), pytest.approx(200 / 3), 100]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Fick du tillräcklig information?",
         ("Nej, inte alls tillräcklig", "Nej, inte riktigt", "Ja, delvis", "Ja, helt tillräcklig")),
        ("War die Erklärung verständlich?",
         ("Nein, unverständlich", "Eher nein", "Eher ja", "Ja, gut verständlich")),
    ],
)  # fmt: skip
def test_a_no_with_blame_stands_beside_a_plain_no(scorer, question, texts):
    found = scores(scorer, texts, question)
    assert (found[0], found[-1]) == (0, 100)
    assert found == sorted(found)


def test_answers_that_begin_with_yes_and_no_are_of_that_kind(scorer):
    texts = ("Yes, very clear", "Yes, mostly clear", "No, hardly clear", "No, not clear at all")
    assert scorer.explain(texts, "Was the explanation clear?").kind is Kind.YES_NO


EXPECTATIONS = [
    ("Overgik mine forventninger", "Levede op til mine forventninger", "Levede ikke op til mine forventninger"),
    ("Ylitti odotukseni", "Vastasi odotuksiani", "Ei vastannut odotuksiani"),
    ("Överträffade mina förväntningar", "Motsvarade mina förväntningar", "Motsvarade inte mina förväntningar"),
    ("Overgikk mine forventninger", "Innfridde mine forventninger", "Innfridde ikke mine forventninger"),
    ("Meine Erwartungen wurden übertroffen", "Meine Erwartungen wurden erfüllt",
     "Meine Erwartungen wurden nicht erfüllt"),
    ("Surpassed my expectations", "Lived up to my expectations", "Did not live up to my expectations"),
]  # fmt: skip


@pytest.mark.parametrize("texts", EXPECTATIONS, ids=lambda texts: texts[0])
def test_expectations_are_exceeded_met_and_missed(scorer, texts):
    assert scores(scorer, texts) == [100, 50, 0]


CHANGES = [
    ("Blivit mycket sämre", "Blivit något sämre", "Oförändrat", "Blivit något bättre", "Blivit mycket bättre"),
    ("Deutlich verschlechtert", "Etwas verschlechtert", "Unverändert", "Etwas verbessert", "Deutlich verbessert"),
    ("Much worse", "A bit worse", "About the same", "A bit better", "Much better"),
]


@pytest.mark.parametrize("texts", CHANGES, ids=lambda texts: texts[0])
def test_changes_for_better_and_worse_are_a_scale(scorer, texts):
    assert scores(scorer, texts) == [0, 25, 50, 75, 100]


@pytest.mark.parametrize(
    "texts",
    [
        ("Helemaal niet blorpig", "Niet zo blorpig", "Redelijk blorpig", "Zeer blorpig"),
        ("Not at all blorpish", "Not very blorpish", "Pretty blorpish", "Very blorpish"),
        ("Least blorpish", "Little blorpish", "Pretty blorpish", "Very blorpish"),
    ],
    ids=lambda texts: texts[0],
)
def test_a_degree_that_is_praise_elsewhere_praises_nothing_unknown(scorer, texts):
    assert scores(scorer, texts) == [None] * 4


def test_but_good_and_bad_by_such_words_are_a_scale(scorer):
    texts = ("Fungerar mycket dåligt", "Fungerar ganska dåligt", "Fungerar ganska bra", "Fungerar mycket bra")
    assert scores(scorer, texts) == [0, pytest.approx(100 / 3), pytest.approx(200 / 3), 100]
