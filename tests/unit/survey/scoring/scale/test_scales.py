"""Placing the steps of a list: order, midpoints, what is no step, what is no scale."""

import pytest

from service.app.lexicon_files import load
from service.survey.scoring.label.understanding import understand
from service.survey.scoring.language.text import read

N = None

SCORED = {
    "non-answer in the middle": (["Strongly agree", "Agree", "No opinion", "Disagree"], [100, 50, N, 0]),
    "undecided in the middle": (["Agree", "Undecided", "Disagree"], [100, 50, 0]),
    "undecided outside": (["Agree", "Disagree", "Undecided"], [100, 0, N]),
    "neutral listed last": (["Agree", "Disagree", "Neutral"], [100, 0, 50]),
    "yes, unsure, no": (["Yes", "Unsure", "No"], [100, N, 0]),
    "a second midpoint outside is an opt-out": (["Agree", "Neutral", "Disagree", "Indifferent"], [100, 50, 0, N]),
    "numbered non-answer": (["0 not applicable", "1 very bad", "2 bad", "3 good"], [N, 0, 50, 100]),
    "placeholder": (["---", "Please select", "Good", "Bad"], [N, N, 100, 0]),
    "empty": (["", "Good", "Bad"], [N, 100, 0]),
    "only the ends in words": (["1 very bad", "2", "3", "4 very good"], [0, 33.3, 66.7, 100]),
    "one end in words": (["1", "2", "3 very good"], [0, 50, 100]),
    "one end in words, best first": (["1 very good", "2", "3"], [100, 50, 0]),
    "the far end in words nobody knows": (["1 very bad", "2", "3 qwxzy"], [0, 50, 100]),
    "numbers against the list": (["3 good", "1 very bad", "2 bad"], [100, 0, 50]),
    "numbers shuffled between worded ends": (["5 very good", "3", "1 very bad"], [100, 50, 0]),
    "a step nobody knows inside": (["Terrible", "Qwxzy", "Excellent"], [0, 50, 100]),
    "a non-answer nobody knows outside": (["Good", "Bad", "Qwx zyq wxy"], [100, 0, N]),
    "yes and no beside anything": (["Yes", "No", "Qwxzy"], [100, 0, N]),
    "shuffled": (["Good", "Very bad", "Very good", "Bad"], [66.7, 0, 100, 33.3]),
    "bad only": (["Slightly dissatisfied", "Dissatisfied", "Extremely dissatisfied"], [100, 50, 0]),
    "good only": (["Good", "Very good", "Excellent"], [0, 50, 100]),
    "not at all difficult is best": (["Not at all difficult", "Somewhat difficult", "Very difficult"], [100, 50, 0]),
    "degrees alone": (["Not at all", "A little", "Very much"], [0, 50, 100]),
    "elliptical": (["Not at all satisfied", "A little", "Satisfied"], [0, 50, 100]),
    "shared words": (["Very good proposal", "Good proposal", "Bad proposal"], [100, 50, 0]),
    "bilingual": (["Nöjd / Satisfied", "Missnöjd / Dissatisfied"], [100, 0]),
    "explained": (["Excellent (no wish left open)", "Good (few wishes)", "Poor (many wishes)"], [100, 50, 0]),
    "low beside good": (["Excellent", "Good", "Low"], [100, 50, 0]),
    "does not apply is the worst": (["Applies fully", "Applies partly", "Does not apply"], [100, 50, 0]),
    "does not apply is none": (["Very good", "Bad", "Does not apply"], [100, 0, N]),
    "trifft nicht zu beside satisfaction": (["sehr zufrieden", "unzufrieden", "trifft nicht zu"], [100, 0, N]),
    "a typing slip": (["Very satsified", "Disatisfied"], [100, 0]),
    "stars": (["★", "★★", "★★★"], [0, 50, 100]),
    "named stars": (["1 star", "2 stars", "3 stars"], [0, 50, 100]),
    "faces": (["😡", "😐", "😍"], [0, 50, 100]),
    "typed faces": ([":(", ":|", ":)"], [0, 50, 100]),
    "thumbs": (["👍", "👎"], [100, 0]),
    "bare numbers": (["0", "1", "2"], [0, 50, 100]),
    "bare numbers both ways of nought": (["-1", "0", "1"], [0, 50, 100]),
    "bare numbers falling": (["3", "2", "1"], [100, 50, 0]),
    "bare numbers and neutral": (["1", "2 Neutral", "3"], [0, 50, 100]),
    "bare numbers and a non-answer": (["1", "2", "3", "Don't know"], [0, 50, 100, N]),
    "bare numbers and words nobody knows": (["1", "2", "3", "Qwxzy"], [0, 50, 100, N]),
    "little of something bad": (
        ["Puțin mulțumit", "Puțin nemulțumit", "Nemulțumit", "Foarte nemulțumit"],
        [100, 200 / 3, 100 / 3, 0],
    ),
    "nothing of something denied": (["Souhlasím", "Nesouhlasím", "Vůbec nesouhlasím"], [100, 50, 0]),
    "nothing of something bad": (["Nada insatisfecho", "Algo insatisfecho", "Muy insatisfecho"], [100, 50, 0]),
    "a fact below a complete scale": (
        ["Mycket trygg", "Trygg", "Otrygg", "Mycket otrygg", "Går aldrig ut på qwx"],
        [100, 200 / 3, 100 / 3, 0, N],
    ),
    "the no of something else": (["Nõustun täielikult", "Ei nõustu üldse", "Ei qwxzy wyxzq"], [100, 0, N]),
    "a language's own na": (["Ie", "Na", "N/A"], [100, 0, N]),
    "beyond very by a degree nobody knows": (
        ["Löjligt nöjd", "Mycket nöjd", "Nöjd", "Missnöjd", "Mycket missnöjd"],
        [100, 75, 50, 25, 0],
    ),
    "low of something good": (
        ["Mycket högt förtroende", "Ganska högt förtroende", "Ganska lågt förtroende", "Mycket lågt förtroende"],
        [100, 200 / 3, 100 / 3, 0],
    ),
    "trust": (["A great deal of trust", "Some trust", "No trust at all"], [100, 50, 0]),
    "change": (["Significantly improved", "No change", "Significantly worsened"], [100, 50, 0]),
    "resolved": (["Completely resolved", "Partially resolved", "Not resolved"], [100, 50, 0]),
    "it was": (["It was very easy", "It was difficult", "Haven't tried"], [100, 0, N]),
    "Catalan dot": (["Excel·lent", "Bo", "Dolent"], [100, 50, 0]),
    "a degree beside what looks like too much": (
        ["Trifft gar nicht zu", "Trifft kaum zu", "Trifft etwas zu", "Trifft stark zu", "Trifft völlig zu"],
        [0, 25, 50, 75, 100],
    ),
    "numbers told twice": (["1: trifft gar nicht zu", "2: 2", "3: 3", "4: trifft zu"], [0, 33.3, 66.7, 100]),
    "a denial outside all and nothing": (
        ["Instämmer inte alls", "Instämmer delvis", "Instämmer helt", "Har inte besökt"],
        [0, 50, 100, N],
    ),
    "a denial outside all and nothing, first": (
        ["Deltog inte", "Instämmer helt", "Instämmer delvis", "Instämmer inte alls"],
        [N, 100, 50, 0],
    ),
    "how strong something good is": (["Excellent", "Strong", "Average", "Weak"], [100, 200 / 3, 100 / 3, 0]),
    "bad compounds": (["Lätt", "Svårt", "Jättesvårt"], [100, 50, 0]),
    "could be better": (["Kan beter", "Oké", "Top"], [0, 50, 100]),
    "tens": ([str(n) for n in range(0, 101, 10)], [n * 10 for n in range(11)]),
}  # fmt: skip

SILENT = {
    "an adjective above a complete scale": (["Kalasbra", "Mycket bra", "Bra", "Dåligt", "Mycket dåligt"], "ambiguous"),
    "praise above a strong end": (["Stellar work", "Very good", "Good", "Fair", "Poor"], "ambiguous"),
    "a weak label out of place": (["Very good", "Good", "Bad", "Slightly good", "Very bad"], "ambiguous"),
    "yes and no with stats": (["Ja, mann", "Nei, kvinne"], "unmapped"),
    "yes and no with stats nobody knows": (["Yes, Qwxzy", "No, Wyxzq"], "unmapped"),
    "how disappointed": (["Very disappointed", "Somewhat disappointed", "Not disappointed", "N/A"], "ambiguous"),
    "how disappointed, of a language that denies twice": (["Muy decepcionado", "Nada decepcionado"], "ambiguous"),
    "an adjective more": (["Qwxzy", "Good", "Bad"], "ambiguous"),
    "adjectives more at both ends": (["Qwxzy", "Very good", "Very bad", "Wyxzq"], "ambiguous"),
    "mostly unknown": (["Good", "Qwx", "Wyx", "Zyx", "Bad"], "unmapped"),
    "nothing known": (["Qwx", "Wyx", "Zyx"], "unmapped"),
    "only midpoints": (["Neutral", "Average"], "unmapped"),
    "one step": (["Good", "Don't know"], "unmapped"),
    "reasons": (["Good price", "Good quality", "Bad service"], "ambiguous"),
    "stats": (["Yes, daily", "Yes, weekly", "No"], "unmapped"),
    "stats with satisfaction": (["Yes, and satisfied", "Yes, but dissatisfied", "No"], "unmapped"),
    "much or little of something unknown": (["Not at all qwxzy", "A little qwxzy", "Very qwxzy"], "ambiguous"),
    "much or little of something bad or else": (["Very bad", "Bad", "A little"], "ambiguous"),
    "another order within known ends": (["Very good", "Bad", "Good", "Very bad"], "ambiguous"),
    "the same twice, shuffled": (["Good", "Very bad", "Good", "Bad"], "ambiguous"),
    "frequency": (["Always", "Often", "Never"], "not_a_scale"),
    "importance": (["Very important", "Not important"], "not_a_scale"),
    "just right": (["Too much", "Just right", "Too little"], "not_a_scale"),
    "departments": (["Sales", "Marketing", "Finance"], "not_a_scale"),
    "ranges": (["18-24", "25-34", "35+"], "not_a_scale"),
    "shares": (["0%", "50%", "100%"], "not_a_scale"),
    "odd numbers": (["1", "3", "5"], "not_a_scale"),
    "years": (["2021", "2022", "2023"], "unmapped"),
    "two numbers": (["1", "2"], "not_a_scale"),
    "a count": (["0", "1", "2", "3 or more"], "not_a_scale"),
    "high and low of nothing said": (["High", "Medium", "Low"], "ambiguous"),
    "how strong nobody knows what": (
        ["sehr stark", "stark", "mittel", "weniger stark", "gar nicht stark"],
        "ambiguous",
    ),
    "how strong, with weak": (["Very strong", "Strong", "Weak", "Very weak"], "ambiguous"),
    "how strong, in Swedish": (["Mycket starkt", "Starkt", "Svagt", "Mycket svagt"], "ambiguous"),
    "how strong, in Norwegian": (["Veldig sterk", "Sterk", "Litt sterk", "Ikke sterk"], "ambiguous"),
    "how strong, in Danish": (["Meget stærk", "Stærk", "Lidt stærk", "Slet ikke stærk"], "ambiguous"),
    "how strong, in Dutch": (["Zeer sterk", "Sterk", "Matig sterk", "Niet sterk"], "ambiguous"),
    "a denial outside that may be a step": (["Mycket bra", "Bra", "Dåligt", "Inte qwxzy"], "ambiguous"),
    "degrees without a bottom": (["Fairly", "Very", "Extremely"], "ambiguous"),
    "midpoint with a number in words": (["1", "2 Neutral qwxzy wyx", "3 zyxwq qqq"], "unmapped"),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), SCORED.values(), ids=SCORED)
def test_scored(scorer, texts, expected):
    steps = scorer.explain(texts).steps
    assert [step.score for step in steps] == [e if e is N else pytest.approx(e, abs=0.1) for e in expected]


@pytest.mark.parametrize(("texts", "reason"), SILENT.values(), ids=SILENT)
def test_silent(scorer, texts, reason):
    scale = scorer.explain(texts)
    assert scale.reason == reason
    assert all(step.score is None for step in scale.steps)


def test_what_nobody_understands_is_named_even_where_the_scale_is_ambiguous(scorer):
    assert [step.reason for step in scorer.explain(["Qwxzy", "Good", "Bad"]).steps] == [
        "unmapped",
        "ambiguous",
        "ambiguous",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("not at all satisfied", "not satisfied"),
        ("not satisfied", "not very satisfied"),
        ("not very satisfied", "neither satisfied nor dissatisfied"),
        ("very little satisfied", "little satisfied"),
        ("little satisfied", "neutral"),
        ("neutral", "slightly satisfied"),
        ("slightly satisfied", "somewhat satisfied"),
        ("moderately satisfied", "satisfied"),
        ("fairly satisfied", "satisfied"),
        ("satisfied", "very satisfied"),
        ("very satisfied", "extremely satisfied"),
        ("very bad", "bad"),
        ("bad", "not bad"),
        ("not bad", "good"),
        ("definitely not", "probably not"),
        ("probably not", "probably"),
        ("partly exceeded expectations", "exceeded expectations"),
        ("excellent", "absolutely excellent"),
        ("not excellent", "excellent"),
        ("no, not at all", "no, not really"),
        ("no, not really", "yes, but not completely"),
        ("yes, but not completely", "yes"),
        ("yes", "yes, definitely"),
    ],
)
def test_of_two_labels_the_first_is_worse(first, second):
    english = load().named("en")
    assert understand(read(first), english).value < understand(read(second), english).value


def test_high_and_low_count_where_the_question_says_of_what(scorer):
    levels = ["High", "Medium", "Low"]
    assert [step.score for step in scorer.explain(levels, "How satisfied are you?").steps] == [100, 50, 0]
    assert scorer.explain(levels, "How difficult was it?").reason == "ambiguous"
    strong = ["Sehr stark", "Mittel", "Gar nicht stark"]
    assert [step.score for step in scorer.explain(strong, "Wie zufrieden sind Sie?").steps] == [100, 50, 0]
    assert scorer.explain(strong, "Wie stark sind Ihre Schmerzen?").reason == "ambiguous"
