"""Yes, no and what a list asks for: what a comma parts, what a denial answers, and what may lie beyond a yes."""

import pytest

N = None

SCORED = {
    "a no before a comma denies nothing": (["Yes, very clear", "Yes, clear", "No, unclear", "No, very unclear"],
                                           [100, 66.7, 33.3, 0]),
    "no without a comma denies": (["No trust", "Little trust", "Great trust"], [0, 50, 100]),
    "made things worse": (["Yes, they helped a lot", "Yes, they helped somewhat", "No, they did not help",
                           "No, they made things worse"], [100, 66.7, 33.3, 0]),
    "a plain no is the least of degrees": (["Non", "Un peu", "Beaucoup"], [0, 50, 100]),
    "likewise in Russian": (["Полностью", "В основном", "Частично", "Скорее нет", "Нет"], [100, 75, 50, 25, 0]),
    "not relevant is the least relevant": (["Mycket relevant", "Ganska relevant", "Lite relevant", "Inte relevant"],
                                           [100, 66.7, 33.3, 0]),
    "for somebody": (["Meget relevant", "Relevant", "Mindre relevant", "Ikke relevant for mit arbejde"],
                     [100, 66.7, 33.3, 0]),
    "but no answer beside other words": (["Sehr gut", "Gut", "Schlecht", "Nicht relevant"], [100, 50, 0, N]),
    "hard to say is not hard": (["Very easy", "Easy", "Slightly difficult", "Difficult to say"], [100, 50, 0, N]),
    "likes and hates": (["Hata", "Ogilla", "Neutral", "Gilla", "Älska"], [0, 25, 50, 75, 100]),
    "a deed not done beyond the worst": (["Meget stor tillid", "Nogen tillid", "Meget lille tillid",
                                          "Har ikke en rådgiver"], [100, 50, 0, N]),
}  # fmt: skip

SILENT = {
    "more than a yes": ["Not at all", "A little", "Moderately", "Yes", "Marvellocious progress"],
    "a sentence beyond an end that is not even": ["Very satisfied", "Okay", "Rather dissatisfied",
                                                  "I can barely stand it anymore"],
    "likewise in German": ["Sehr zufrieden", "Ganz okay", "Eher unzufrieden", "Ich halte es kaum noch aus"],
}  # fmt: skip


def scores(scorer, labels, question=""):
    return [step.score for step in scorer.explain(labels, question).steps]


@pytest.mark.parametrize(("labels", "expected"), SCORED.values(), ids=SCORED)
def test_scored(scorer, labels, expected):
    wanted = [e if e is N else pytest.approx(e, abs=0.1) for e in expected]
    assert scores(scorer, labels) == wanted
    assert scores(scorer, labels[::-1]) == wanted[::-1]


@pytest.mark.parametrize("labels", SILENT.values(), ids=SILENT)
def test_where_a_strange_label_may_be_the_end_all_is_silent(scorer, labels):
    assert scores(scorer, labels) == [N] * len(labels)


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("How is the noise level?", ["High", "Acceptable", "Low"]),
        ("Hur var prisnivån?", ["Hög", "Rimlig", "Låg"]),
        ("Wie war die Wartezeit?", ["Lang", "Angemessen", "Kurz"]),
        ("Hvordan var ventetiden?", ["Svært lang", "Akseptabel", "Svært kort"]),
        ("Millainen odotusaika oli?", ["Pitkä", "Kohtuullinen", "Lyhyt"]),
    ],
)
def test_much_of_something_bad_is_bad_beside_good_words_too(scorer, question, labels):
    assert scores(scorer, labels, question) == [0, 50, 100]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("1 = Pas du tout d'accord, 5 = Tout à fait d'accord", [0, 25, 50, 75, 100]),
        ("Rate from 1 to 5, where 1 is very good and 5 is very bad", [100, 75, 50, 25, 0]),
        ("1 = very bad, 5 = bad or very bad", [N] * 5),
    ],
)
def test_declared_ends_are_read_where_they_stand(scorer, question, expected):
    assert scores(scorer, ["1", "2", "3", "4", "5"], question) == expected


def test_short_and_long_of_nothing_known_are_silent(scorer):
    assert scores(scorer, ["Kort", "Lång"], "Hur var filmen?") == [N, N]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("I had to contact support several times", "ambiguous"),
        ("The app often logs me out", "ambiguous"),
        ("My manager often gives me useful feedback", None),
        ("The company made it easy for me to handle my issue", None),
        ("The programme should be continued", None),
        ("The programme should be shorter", "ambiguous"),
    ],
)
def test_what_happens_often_or_had_to_be_done_is_no_praise(scorer, question, reason):
    assert scorer.explain(["Strongly agree", "Agree", "Disagree", "Strongly disagree"], question).reason == reason
