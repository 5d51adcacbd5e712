"""The card reads what the domain really makes, not only what the gallery invents."""

from datetime import UTC, datetime, timedelta

from service.survey.model import Band, Direction, Kind, Method, Reason
from service.survey.results import Result, ScoreBasis, ScoredAnswer
from service.survey.summary import summary_document
from service.widget.gallery_summaries import STATES, demo_summary, freshness
from tests.unit.widget.conftest import NOW

SAID = (
    "Very dissatisfied",
    "Mycket missnöjd",
    "Fell from 75 to 0",
    "Ingen ringer.",
    "2 answers since 2 Sept 2026",
    "Based on the wording of the answers",
    "5-point scale, worst first",
    "Other answers (3)",
    "No answer is better or worse",
    "Contact P-77",
    "1 of 5",
    "yesterday",
)


def result(number, answered_at, score, band, *answers, kind=Kind.SATISFACTION):
    return Result(
        answer_set_id=number,
        survey_id=4711,
        survey_name="Kundnöjdhet",
        respondent_id=501,
        customer_id="C-1001",
        contact_id="P-77",
        answered_at=answered_at,
        updated_at=answered_at,
        answers=answers,
        score=score,
        band=band,
        basis=ScoreBasis(kind, 1),
    )


def made():
    """The summary of somebody who was satisfied in September and is not now."""
    before = result(9000, datetime(2026, 9, 2, 14, tzinfo=UTC), 75.0, Band.SATISFIED)
    lead = ScoredAnswer(
        31, "Hur nöjd är du?", "Mycket missnöjd", Kind.SATISFACTION, 0.0, Band.VERY_DISSATISFIED,
        language="sv",
        points=5, direction=Direction.ASCENDING, method=Method.WORDING, step=1,
    )  # fmt: skip
    comment = ScoredAnswer(32, "Varför?", "Ingen ringer.", reason=Reason.FREE_TEXT, comment=True)
    nps = ScoredAnswer(33, "Rekommenderar du?", "3", Kind.NPS, 30.0, Band.VERY_DISSATISFIED, nps="detractor")
    other = ScoredAnswer(34, "Avdelning?", "Order", reason=Reason.NOT_A_SCALE)
    latest = result(9001, NOW - timedelta(days=1), 0.0, Band.VERY_DISSATISFIED, lead, comment, nps, other)
    document = summary_document("C-1001", [before.row, latest.row], latest, comments=True)
    return document | {"freshness": freshness(NOW, 2)}


def test_a_summary_of_the_domain_makes_a_card(card):
    card.store.by_customer["C-1001"] = made()
    page = card.get().text
    for said in SAID:
        assert said in page
    assert 'data-band="very_dissatisfied"' in page
    assert "<polyline" in page


def test_the_gallery_invents_nothing_that_the_domain_does_not_make():
    real, named = made(), {"contact_name"}
    for state in STATES:
        invented = demo_summary(state, NOW)
        if invented is None:
            continue
        assert set(invented) | {"low"} == set(real)
        for entry in invented.get("low", ()):
            assert set(entry) - named <= set(real["low"][0])
        latest = invented["latest"]
        if latest:
            assert set(latest) - named <= set(real["latest"])
            optional = {"nps", "comment"}
            for answer in latest["answers"]:
                assert set(answer) - optional <= set(real["latest"]["answers"][0])
        for entry in invented["history"]:
            assert set(entry) <= set(real["history"][0])
