"""What the question means: recommending, negative statements, wishes, and the kind by labels and question."""

import pytest

from tests.unit.survey.scoring.judged_scales import judged

AGREE = {
    "en": ["Strongly agree", "Agree", "Disagree", "Strongly disagree"],
    "sv": ["Instämmer helt", "Instämmer delvis", "Instämmer inte", "Instämmer inte alls"],
    "no": ["Helt enig", "Delvis enig", "Delvis uenig", "Helt uenig"],
    "da": ["Helt enig", "Delvis enig", "Delvis uenig", "Helt uenig"],
    "de": ["Stimme voll zu", "Stimme eher zu", "Stimme eher nicht zu", "Stimme gar nicht zu"],
    "fi": ["Täysin samaa mieltä", "Jokseenkin samaa mieltä", "Jokseenkin eri mieltä", "Täysin eri mieltä"],
}

STATEMENTS = judged("statements.jsonl")


def rows(what):
    told = [row for row in STATEMENTS if row["what"] == what]
    return [pytest.param(row["lang"], text, id=f"{row['lang']}-{text}") for row in told for text in row["texts"]]


@pytest.mark.parametrize(("language", "question"), rows("recommend"))
def test_a_question_about_recommending_is_nps_on_nought_to_ten(scorer, language, question):
    for points in (range(11), range(10, -1, -1)):
        scale = scorer.explain([str(p) for p in points], question)
        assert (scale.kind, [step.score for step in scale.steps]) == ("nps", [10.0 * p for p in points])


@pytest.mark.parametrize(("language", "statement"), rows("blame"))
def test_agreeing_with_blame_is_never_good(scorer, language, statement):
    scale = scorer.explain(AGREE[language], statement)
    assert (scale.reason, scale.rule) == ("ambiguous", "negative_statement")


@pytest.mark.parametrize(("language", "statement"), rows("wishes"))
def test_agreeing_with_a_wish_is_never_good(scorer, language, statement):
    assert scorer.explain(AGREE[language], statement).reason == "ambiguous"


@pytest.mark.parametrize(("language", "statement"), rows("praise"))
def test_agreeing_with_praise_is_good(scorer, language, statement):
    scale = scorer.explain(AGREE[language], statement)
    assert (scale.kind, [step.score for step in scale.steps]) == (
        "agreement",
        [100, pytest.approx(66.7, abs=0.1), pytest.approx(33.3, abs=0.1), 0],
    )
