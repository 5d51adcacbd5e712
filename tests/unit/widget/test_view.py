"""Which state a summary is, which answer leads the card, and what is said around it."""

import pytest

from service.widget.gallery_summaries import BAND_OF, demo_summary
from service.widget.texts import load_texts
from service.widget.view import card_of, lead_of
from tests.unit.widget.conftest import NOW

EN = load_texts()["en"]


def answer(text="x", score=None, kind="satisfaction", **more):
    band = None if score is None else BAND_OF[min(4, int(score // 20))]
    base = {"question": "?", "answer": text, "score": score, "band": band, "kind": kind, "method": None, "scale": None}
    return base | {"reason": None, "language": None} | more


def summary(*answers, score=None, basis=None, **more):
    """A summary led by these answers; its own score is that of the latest result unless said otherwise."""
    made = demo_summary("very_dissatisfied", NOW)
    band = None if score is None else BAND_OF[min(4, int(score // 20))]
    made["latest"] |= {"answers": list(answers), "score": score, "band": band, "score_basis": basis}
    return made | {"low_respondents": 0} | more


def shown(made):
    return card_of(made, EN, NOW, ready=True)


SATISFACTION = {"kind": "satisfaction", "items": 1}


@pytest.mark.parametrize(
    ("answers", "score", "basis", "lead"),
    [
        ([answer("9", 90.0, "nps"), answer("nöjd", 75.0)], 75.0, SATISFACTION, "nöjd"),
        ([answer("a", 0.0), answer("b", 50.0), answer("c", 100.0)], 50.0, {"kind": "satisfaction", "items": 3}, "b"),
        ([answer("a", 0.0), answer("b", 100.0)], 50.0, {"kind": "satisfaction", "items": 2}, "a"),
        ([answer("blank"), answer("b", 75.0)], 75.0, SATISFACTION, "b"),
        ([answer("text", comment=True), answer("yes", 100.0, "yes_no"), answer("vet ej")], None, None, "vet ej"),
        ([answer("text", comment=True), answer("yes", 100.0, "yes_no")], None, None, "yes"),
        ([answer("text", comment=True)], None, None, "text"),
        ([], None, None, None),
        ([answer("text", comment=True)], 75.0, SATISFACTION, "text"),
    ],
)
def test_the_answer_whose_words_go_with_the_score_leads(answers, score, basis, lead):
    found = lead_of({"answers": answers, "score": score, "score_basis": basis})
    assert (found and found["answer"]) == lead


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([answer("vet ej", reason="no_opinion")], "reason.no_opinion"),
        ([answer("ja", 100.0, "yes_no"), answer("Hm", reason="unmapped")], "reason.unmapped"),
        ([answer("ja", 100.0, "yes_no")], "reason.no_headline"),
        ([answer("Bra!", comment=True, reason="free_text")], "reason.free_text"),
        ([], "reason.free_text"),
    ],
)
def test_a_result_without_score_says_why(answers, reason):
    card = shown(summary(*answers))
    assert (card.state, card.reason) == ("no_score", reason)
    assert card.band is None


def test_an_older_score_is_told_as_old_and_never_beside_newer_words():
    card = shown(demo_summary("no_score", NOW))
    assert (card.band, card.score, card.move) == (None, None, None)
    assert card.last_scored == "Last score: Satisfied, 75 (14 Sept 2026)"


def test_without_any_score_there_is_no_old_one_to_tell():
    made = summary(answer("vet ej"), score=None, band=None, trend=None)
    for entry in made["history"]:
        entry["score"] = None
    card = shown(made | {"score": None})
    assert (card.last_scored, card.line, card.chart) == (None, (), None)


@pytest.mark.parametrize(("change", "move"), [(-75.0, "down"), (0.1, "up"), (0.0, "same")])
def test_the_trend_has_a_direction(change, move):
    assert shown(summary(answer("a", 50.0), score=50.0, trend={"previous": 50.0, "change": change})).move == move


def test_without_a_trend_there_is_none():
    card = shown(summary(answer("a", 50.0), score=50.0, trend=None))
    assert (card.move, card.previous) == (None, None)


@pytest.mark.parametrize(
    ("answered", "entries", "said"),
    [(1, 1, "The only answer so far"), (4, 4, "4 answers since 27 Jan 2026"), (63, 4, "63 answers")],
)
def test_the_count_says_over_which_time_where_that_is_known(answered, entries, said):
    made = summary(answer("a", 50.0), score=50.0, answered=answered)
    made["history"] = made["history"][:entries]
    assert shown(made).count == said


@pytest.mark.parametrize(
    ("people", "band", "said"),
    [
        (0, "satisfied", None),
        (1, "very_dissatisfied", None),
        (1, "satisfied", "1 person is dissatisfied"),
        (2, "dissatisfied", "2 people are dissatisfied"),
    ],
)
def test_people_whom_the_headline_hides_are_told(people, band, said):
    assert shown(summary(answer("a", 50.0), score=50.0, band=band, low_respondents=people)).low == said


@pytest.mark.parametrize(
    ("lead", "basis", "lines"),
    [
        ({}, SATISFACTION, ["Satisfaction, one answer"]),
        (
            {"method": "weight"},
            {"kind": "satisfaction", "items": 3},
            ["Satisfaction, mean of 3 answers", "From the weights set in the survey"],
        ),
        (
            {"scale": {"points": 5, "direction": "descending"}},
            SATISFACTION,
            ["Satisfaction, one answer", "Scale of 5 steps, best first"],
        ),
        ({"scale": {"points": 11, "direction": None}}, SATISFACTION, ["Satisfaction, one answer", "Scale of 11 steps"]),
        ({}, None, []),
    ],
)
def test_the_score_explains_itself(lead, basis, lines):
    assert list(shown(summary(answer("a", 50.0, **lead), score=50.0, basis=basis)).why) == lines


def test_the_first_comment_is_shown_and_stays_among_the_answers():
    comment = answer("Ring oss!", comment=True)
    card = shown(summary(answer("a", 50.0), comment, score=50.0, basis=SATISFACTION))
    assert card.comment == comment
    assert card.others == (comment,)


def test_a_comment_that_leads_is_not_said_twice():
    card = shown(summary(answer("Ring oss!", comment=True)))
    assert (card.lead["answer"], card.comment, card.others) == ("Ring oss!", None, ())
