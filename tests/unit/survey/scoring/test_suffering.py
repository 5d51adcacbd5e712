"""Questions about what ails somebody, and about what nobody does: how much of it is no judgement, and no score."""

import pytest

from service.survey.model import Kind, Reason

TO_TEN = tuple(str(n) for n in range(11))


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Hur stark smärta har du haft den senaste veckan?", ("0 - Ingen smärta", *TO_TEN[1:10], "10 - Värsta smärta")),
        ("How stressed do you feel at work?", ("1 - Not at all", "2", "3", "4", "5 - Extremely")),
        ("Wie stark waren Ihre Schmerzen?", ("keine", "leicht", "mäßig", "stark", "sehr stark")),
        ("Hvor stresset har du været?", ("Slet ikke", "I ringe grad", "I nogen grad", "I høj grad")),
        ("If you had any problems, how difficult did these problems make it for you to do your work?",
         ("Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult")),
        ("Kuinka paljon kipua sinulla on ollut?", ("Ei lainkaan", "Vähän", "Jonkin verran", "Paljon")),
    ],
)  # fmt: skip
def test_how_much_somebody_suffers_is_no_judgement(scorer, question, texts):
    scale = scorer.explain(texts, question)
    assert {step.score for step in scale.steps} == {None}


@pytest.mark.parametrize(
    ("question", "texts", "kind"),
    [
        ("How satisfied are you with the treatment of your pain?",
         ("Very dissatisfied", "Dissatisfied", "Satisfied", "Very satisfied"), Kind.SATISFACTION),
        ("Hur väl fick du hjälp med din stress?", ("Mycket dåligt", "Dåligt", "Bra", "Mycket bra"), Kind.QUALITY),
        ("Wurde Ihr Problem gelöst?", ("Nein", "Teilweise", "Ja"), Kind.YES_NO),
    ],
)  # fmt: skip
def test_how_well_somebody_was_helped_is_one(scorer, question, texts, kind):
    scale = scorer.explain(texts, question)
    assert (scale.steps[0].score, scale.steps[-1].score, scale.kind) == (0, 100, kind)


LIKELY = {
    "en": ("Very unlikely", "Unlikely", "Likely", "Very likely"),
    "sv": ("Mycket osannolikt", "Ganska osannolikt", "Ganska sannolikt", "Mycket sannolikt"),
    "de": ("Sehr unwahrscheinlich", "Eher unwahrscheinlich", "Eher wahrscheinlich", "Sehr wahrscheinlich"),
    "da": ("Meget usandsynligt", "Usandsynligt", "Sandsynligt", "Meget sandsynligt"),
}


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "How likely is it that there will be another recession?"),
        ("sv", "Hur sannolikt är det att det blir en ny pandemi?"),
        ("de", "Wie wahrscheinlich ist eine weitere Krise in Europa?"),
        ("da", "Hvor sandsynligt er det, at renten stiger?"),
    ],
)
def test_the_likelihood_of_what_nobody_does_is_no_judgement(scorer, language, question):
    scale = scorer.explain(LIKELY[language], question)
    assert {step.reason for step in scale.steps} == {Reason.AMBIGUOUS}


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "How likely are you to buy from us again?"),
        ("sv", "Hur sannolikt är det att du handlar hos oss igen?"),
        ("de", "Wie wahrscheinlich ist es, dass Sie wieder bei uns kaufen?"),
        ("da", "Hvor sandsynligt er det, at du vil anbefale os?"),
        ("en", ""),
    ],
)
def test_the_likelihood_of_what_is_hoped_for_is_one(scorer, language, question):
    scale = scorer.explain(LIKELY[language], question)
    assert (scale.steps[0].score, scale.steps[-1].score, scale.kind) == (0, 100, Kind.LIKELIHOOD)
