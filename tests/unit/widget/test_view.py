"""Which state a summary is, which answer leads the card, and what is said around it."""

from datetime import timedelta

import pytest

from service.widget.card.lead import lead_of
from service.widget.card.people import Person
from service.widget.gallery_summaries import BAND_OF, demo_summary
from service.widget.texts import load_texts
from service.widget.view import Manner, card_of
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
    assert (card.move, card.trend) == (None, None)


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
            ["Satisfaction, mean of 3 answers", "Based on the weights in the survey"],
        ),
        (
            {"scale": {"points": 5, "direction": "descending"}},
            SATISFACTION,
            ["Satisfaction, one answer", "5-point scale, best first"],
        ),
        ({"scale": {"points": 11, "direction": None}}, SATISFACTION, ["Satisfaction, one answer", "11-point scale"]),
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


NPS = {"kind": "nps", "items": 1}


@pytest.mark.parametrize(
    ("text", "score", "band", "said"),
    [
        ("0", 0.0, "very_dissatisfied", "0 / 10 · Detractor"),
        ("6", 60.0, "dissatisfied", "6 / 10 · Detractor"),
        ("7", 70.0, "neutral", "7 / 10 · Passive"),
        ("9", 90.0, "very_satisfied", "9 / 10 · Promoter"),
    ],
)
def test_a_recommendation_is_told_on_ten_and_by_its_class(text, score, band, said):
    made = summary(answer(text, score, "nps", band=band), score=score, basis=NPS, trend=None)
    made["latest"]["band"] = band
    card = shown(made)
    assert (card.said, card.score, card.band) == (said, None, band)
    assert not card.quote, "the bare number stands there already"


def test_a_recommendations_movement_is_told_on_ten():
    made = summary(answer("3", 30.0, "nps"), score=30.0, basis=NPS, trend={"previous": 90.0, "change": -60.0})
    for entry in made["history"]:
        entry["kind"] = "nps"
    card = shown(made)
    assert card.trend == "Fell from 9 to 3"
    assert card.nps
    assert card.chart.endswith("17 Nov 2026: 0")


@pytest.mark.parametrize(
    ("score", "band", "number"),
    [
        (25.0, "dissatisfied", "25"),
        (25.0, "neutral", None),  # a positive label, second of five
        (75.0, "neutral", None),  # a negative one, fourth
        (40.0, "dissatisfied", None),  # 39.96 to a tenth
        (80.0, "satisfied", "80"),
    ],
)
def test_a_number_never_contradicts_its_band(score, band, number):
    lead = answer("Ganska nöjd", score, band=band, step=2, scale={"points": 5, "direction": "ascending"})
    made = summary(lead, score=score, basis=SATISFACTION)
    made["latest"]["band"] = band
    card = shown(made)
    assert (card.score, card.step) == (number, "2 of 5")


def test_a_mean_is_no_step():
    scale = {"points": 5, "direction": "ascending"}
    leads = [answer("a", 25.0, step=2, scale=scale), answer("b", 50.0, step=3, scale=scale)]
    assert shown(summary(*leads, score=37.5, basis={"kind": "satisfaction", "items": 2})).step is None


@pytest.mark.parametrize(("text", "quoted"), [("very  Dissatisfied ", False), ("Mycket missnöjd", True)])
def test_band_and_answer_do_not_say_the_same_twice(text, quoted):
    assert shown(summary(answer(text, 0.0), score=0.0, basis=SATISFACTION)).quote == quoted


@pytest.mark.parametrize(("days", "old"), [(179.9, False), (180, True), (400, True)])
def test_an_answer_grows_old(days, old):
    made = summary(answer("a", 0.0), score=0.0, basis=SATISFACTION)
    made["latest"]["answered_at"] = (NOW - timedelta(days=days)).isoformat()
    assert shown(made).old == old
    assert not card_of(made, EN, NOW, ready=True, manner=Manner(old_after_days=1000)).old


LINKED = Manner(contact_url="https://crm.example.com/{customer_id}/{contact_id}")


def test_the_card_says_whom_to_call_and_how_to_get_there():
    card = card_of(demo_summary("very_dissatisfied", NOW), EN, NOW, ready=True, manner=LINKED)
    assert card.person == Person("Anna Berg", "https://crm.example.com/C-1/P-77")
    assert [(low.person.name, low.person.url, low.said, low.ago) for low in card.people] == [
        ("Anna Berg", "https://crm.example.com/C-1/P-77", "Very dissatisfied", "6 days ago"),
        ("Lars Holm", "https://crm.example.com/C-1/P-9", "Dissatisfied", "yesterday"),
    ]
    assert card.trend_of == "Anna Berg"


def test_without_names_a_contact_is_told_by_id_and_nobody_by_netigates_number_alone():
    made = demo_summary("very_dissatisfied", NOW)
    for named in (made["latest"], made["trend"], *made["low"]):
        del named["contact_name"]
    made["latest"]["contact_id"] = None
    card = shown(made)
    assert card.person is None
    assert [low.person.name for low in card.people] == ["Contact P-77", "Contact P-9"]
    assert card.trend_of == "P-77"
    by_number = Manner(contact_url="https://crm.example.com/r/{respondent_id}")
    assert card_of(made, EN, NOW, ready=True, manner=by_number).person == Person(
        "Respondent 501", "https://crm.example.com/r/501"
    )


def test_more_who_are_dissatisfied_than_are_named_are_counted():
    made = demo_summary("very_dissatisfied", NOW) | {"low_respondents": 14}
    assert shown(made).unnamed == 12


def test_a_summary_of_before_names_were_kept_makes_a_card():
    made = demo_summary("very_dissatisfied", NOW)
    del made["low"]
    for entry in made["history"]:
        del entry["respondent_id"], entry["contact_id"]
    made["trend"] = {"previous": 75.0, "change": -75.0}
    card = shown(made)
    assert (card.low, card.people, card.trend, card.trend_of) == (
        "2 people are dissatisfied",
        (),
        "Fell from 75 to 0",
        None,
    )
    assert len(card.line) == 4
