"""What comes out for an item: evidence in its order, kinds, bands, reasons."""

import pytest

from service.app.lexicon_files import load
from service.survey.model import Alternative, Band, Direction, Kind, Method, QuestionItem, Reason
from service.survey.scoring.overrides import ItemOverride, Overrides
from service.survey.scoring.scorer import Scorer
from tests.support.scoring import answered

SATISFIED = ("Mycket missnöjd", "Ganska missnöjd", "Varken eller", "Ganska nöjd", "Mycket nöjd")
AGREED = ("Instämmer inte alls", "Instämmer delvis", "Instämmer helt")
ZERO_TO_TEN = tuple(str(n) for n in range(11))
RECOMMEND = "Hur sannolikt är det att du skulle rekommendera oss till en vän?"


def item(texts, weights=None, question="", text="", kind="RADIOBUTTON", statements=()):
    weights = weights or [None] * len(texts)
    alternatives = tuple(Alternative(i + 1, t, w) for i, (t, w) in enumerate(zip(texts, weights, strict=True)))
    return QuestionItem(31, kind, text, 3, question, None, alternatives, statements)


def scores(scale):
    return [step.score for step in scale.steps]


def reasons(scale):
    return [step.reason for step in scale.steps]


@pytest.mark.parametrize(
    ("texts", "weights", "expected"),
    [
        pytest.param(SATISFIED, [1, 2, 3, 4, 5], [0, 25, 50, 75, 100], id="weights rise with the words"),
        pytest.param(SATISFIED, [5, 4, 3, 2, 1], [0, 25, 50, 75, 100], id="words turn the weights round"),
        pytest.param(SATISFIED, [0, 1, 2, 3, 9], [0, 100 / 9, 200 / 9, 300 / 9, 100], id="weights space the steps"),
        pytest.param(
            ("Mycket missnöjd", "", "", "Mycket nöjd"), [1, 2, 3, 4], [0, 100 / 3, 200 / 3, 100], id="inner steps empty"
        ),
        pytest.param((*SATISFIED, "Vet ej"), [1, 2, 3, 4, 5, None], [0, 25, 50, 75, 100, None], id="null weight"),
        pytest.param((*SATISFIED, "Vet ej"), [1, 2, 3, 4, 5, 0], [0, 25, 50, 75, 100, None], id="weighted don't know"),
        pytest.param(("Nöjd", "Missnöjd"), [1, 0], [100, 0], id="a weight of 0 counts"),
        pytest.param(("qwxz", "qwyz", "qwvz"), [1, 2, 3], [0, 50, 100], id="words of no language"),
        pytest.param(("2", "4", "6"), [2, 4, 6], [0, 50, 100], id="numbers that are no scale of their own"),
        pytest.param(("a", "b"), [-(10**30), 10**30], [0, 100], id="huge weights"),
    ],
)
def test_weights_score(scorer, texts, weights, expected):
    scale = scorer.scale(item(texts, weights), survey_id=1)
    assert scores(scale) == [e if e is None else pytest.approx(e) for e in expected]
    assert scale.method is Method.WEIGHT
    assert all(step.reason is Reason.NO_OPINION for step, e in zip(scale.steps, expected, strict=True) if e is None)


@pytest.mark.parametrize(
    ("texts", "weights", "reason"),
    [
        pytest.param(SATISFIED, [3, 3, 3, 3, 3], Reason.NOT_A_SCALE, id="all weights equal"),
        pytest.param(SATISFIED, [1, 5, 3, 2, 4], Reason.AMBIGUOUS, id="weights against the words"),
        pytest.param(("Mycket nöjd", "", ""), [1, 2, 3], Reason.AMBIGUOUS, id="one end at the wrong end"),
        pytest.param(("Försäljning", "Ekonomi", "Lager"), [1, 2, 3], Reason.NOT_A_SCALE, id="departments"),
        pytest.param(("Aldrig", "Sällan", "Ofta", "Alltid"), [1, 2, 3, 4], Reason.NOT_A_SCALE, id="frequency"),
        pytest.param(("Mycket viktigt", "Inte alls viktigt"), [2, 1], Reason.NOT_A_SCALE, id="importance"),
        pytest.param(("Man", "Kvinna"), [1, 2], Reason.NOT_A_SCALE, id="gender"),
        pytest.param(("18-24", "25-34", "35-44"), [1, 2, 3], Reason.NOT_A_SCALE, id="ages"),
        pytest.param(("För lite", "Lagom", "För mycket"), [1, 2, 3], Reason.NOT_A_SCALE, id="just right"),
    ],
)
def test_weights_do_not_score(scorer, texts, weights, reason):
    scale = scorer.scale(item(texts, weights), survey_id=1)
    assert scale.reason is reason
    assert set(reasons(scale)) == {reason}
    assert (scale.kind, scale.method, scale.points, scale.direction) == (None, None, None, None)


@pytest.mark.parametrize(
    ("texts", "question", "kind"),
    [
        (SATISFIED, "", Kind.SATISFACTION),
        (ZERO_TO_TEN, "", Kind.NPS),
        (ZERO_TO_TEN[::-1], "", Kind.NPS),
        (ZERO_TO_TEN, RECOMMEND, Kind.NPS),
        (ZERO_TO_TEN, "Hur nöjd är du?", Kind.SATISFACTION),
        (ZERO_TO_TEN, "Hur lätt var det att få hjälp?", Kind.EFFORT),
        (ZERO_TO_TEN, "Vad är klockan?", None),
        (("1", "2", "3", "4", "5"), "", None),
        (("1", "2", "3", "4", "5"), RECOMMEND, Kind.LIKELIHOOD),
        (("1", "2", "3", "4", "5"), "How satisfied are you with us?", Kind.SATISFACTION),
        (("Mycket sannolikt", "Ganska sannolikt", "Inte alls sannolikt"), RECOMMEND, Kind.LIKELIHOOD),
        (("0 - Not at all likely", *ZERO_TO_TEN[1:10], "10 - Extremely likely"), "", Kind.NPS),
        (("0 そう思わない", *ZERO_TO_TEN[1:10], "10 そう思う"), "当社を友人に薦めますか？", Kind.NPS),
        (("0 - Disagree", *ZERO_TO_TEN[1:10], "10 - Agree"), "I would recommend you to a friend", Kind.NPS),
        (("0 - Disagree", *ZERO_TO_TEN[1:10], "10 - Agree"), "My manager listens", Kind.AGREEMENT),
        (ZERO_TO_TEN, "Recommendation", Kind.NPS),
        (("Dåligt", "Bra"), "", Kind.QUALITY),
        (("Dåligt", "Bra"), "Hur nöjd är du med oss?", Kind.SATISFACTION),
        (("Ja", "Nej"), "Har du varit i kontakt med oss?", Kind.YES_NO),
        (("Inte alls", "I viss mån", "I hög grad"), "", Kind.AGREEMENT),
        (AGREED, "Jag får snabba svar.", Kind.AGREEMENT),
    ],
)
def test_kind_is_told_from_question_and_wording(scorer, texts, question, kind):
    scale = scorer.explain(texts, question)
    assert scale.kind == kind
    assert scale.reason is None


@pytest.mark.parametrize(
    ("texts", "question", "reason"),
    [
        (AGREED, "Jag måste ofta vänta på svar.", Reason.AMBIGUOUS),
        (("Strongly agree", "Agree", "Disagree"), "I often have to wait", Reason.AMBIGUOUS),
        (("Stimme zu", "Stimme nicht zu"), "Ich muss oft lange warten.", Reason.AMBIGUOUS),
        (("Yes", "No"), "Did you have any problems with your order?", Reason.AMBIGUOUS),
        (("Very likely", "Unlikely"), "How likely are you to switch to another supplier?", Reason.AMBIGUOUS),
        (ZERO_TO_TEN, "How difficult was it?", Reason.AMBIGUOUS),
        (("Very disappointed", "Somewhat disappointed", "Not disappointed"),
         "How disappointed would you be if you could no longer use us?", Reason.AMBIGUOUS),
        (SATISFIED, "Hur skulle du känna dig om du inte längre kunde använda appen?", Reason.AMBIGUOUS),
        (("Very happy", "Unhappy"), "How would you feel without us?", Reason.AMBIGUOUS),
        (("Strongly agree", "Disagree"), "Jag måste ofta vänta på svar.", Reason.AMBIGUOUS),
        (("Mycket", "Lite", "Inte alls"), "Hur besviken skulle du bli om vi försvann?", Reason.AMBIGUOUS),
        (("1", "2", "3", "4", "5"), "Hur viktigt är priset för dig?", Reason.NOT_A_SCALE),
        (("1", "2", "3", "4", "5"), "How often do you visit us?", Reason.NOT_A_SCALE),
        (("1", "2", "3", "4", "5"), "1 = mycket dåligt, 5 = dåligt eller mycket dåligt", Reason.AMBIGUOUS),
    ],
)  # fmt: skip
def test_a_high_answer_that_is_not_surely_good_gets_no_score(scorer, texts, question, reason):
    scale = scorer.explain(texts, question)
    assert set(reasons(scale)) == {reason}
    weighted = scorer.explain(texts, question, list(range(len(texts))))
    assert set(reasons(weighted)) == {reason}


@pytest.mark.parametrize(
    ("texts", "question", "falling"),
    [
        (("1", "2", "3", "4", "5", "6"), "Welche Schulnote geben Sie uns?", True),
        (("1", "2", "3", "4", "5", "6"), "Wie bewerten Sie uns?", False),
        (("1", "2", "3", "4", "5"), "How was it? 1 = very good, 5 = very bad", True),
        (("1", "2", "3", "4", "5"), "How was it, from 1 (very bad) to 5 (very good)?", False),
        (("1", "2", "3", "4", "5"), "Betygsätt oss från mycket bra (1) till mycket dåligt (5)", True),
        (("1", "2", "3", "4", "5"), "Rate us: 5 is terrible", True),
        (("5", "4", "3", "2", "1"), "How was it? 1 = very good, 5 = very bad", False),
        (("1", "2", "3", "4", "5"), "Tell us about 3 things", False),
    ],
)
def test_the_question_declares_the_direction_of_numbers(scorer, texts, question, falling):
    expected = [0, 20, 40, 60, 80, 100] if len(texts) == 6 else [0, 25, 50, 75, 100]
    assert scores(scorer.explain(texts, question)) == (expected[::-1] if falling else expected)
    weights = [int(t) for t in texts]
    assert scores(scorer.explain(texts, question, weights)) == (expected[::-1] if falling else expected)


def test_recommend_question_of_weights_is_nps_with_classes_and_bands(scorer):
    texts = ("Inte alls sannolikt", *[""] * 9, "Mycket sannolikt")
    asked = item(texts, list(range(11)), question=RECOMMEND, kind="WEIGHTED_RADIOBUTTON")
    scale = scorer.scale(asked, survey_id=1)
    assert scale.kind is Kind.NPS
    assert [step.nps for step in scale.steps] == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    bands = [Band.VERY_DISSATISFIED] * 4 + [Band.DISSATISFIED] * 3 + [Band.NEUTRAL] * 2 + [Band.VERY_SATISFIED] * 2
    assert [step.band for step in scale.steps] == bands
    chosen = answered(scorer, asked, "", 8)
    assert (chosen.nps, chosen.score) == ("passive", 80)


def test_the_upstream_may_name_the_type_nps(scorer):
    assert scorer.scale(item(ZERO_TO_TEN, question="Hur är vi?", kind="NPS"), survey_id=1).kind is Kind.NPS


@pytest.mark.parametrize(
    ("texts", "bands"),
    [
        (("Missnöjd", "Ganska nöjd", "Nöjd", "Mycket nöjd", "Helt nöjd"),
         ["very_dissatisfied", "neutral", "neutral", "satisfied", "very_satisfied"]),
        (("Slightly dissatisfied", "Dissatisfied", "Very dissatisfied"), ["neutral", "neutral", "very_dissatisfied"]),
        (SATISFIED, ["very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied"]),
    ],
)  # fmt: skip
def test_a_label_s_own_polarity_limits_its_band(scorer, texts, bands):
    assert [step.band for step in scorer.explain(texts).steps] == bands


@pytest.mark.parametrize(
    ("texts", "direction"),
    [
        (SATISFIED, Direction.ASCENDING),
        (SATISFIED[::-1], Direction.DESCENDING),
        (("Vet ej", *SATISFIED[::-1], "Ej aktuellt"), Direction.DESCENDING),
        (("Nöjd", "Mycket nöjd", "Mycket missnöjd", "Missnöjd"), None),
    ],
)
def test_direction_is_the_order_shown(scorer, texts, direction):
    scale = scorer.explain(texts)
    assert scale.direction is direction
    assert scale.points == len([t for t in texts if "öjd" in t or t == "Varken eller"])


def test_alternatives_are_taken_in_their_order(scorer):
    shuffled = item(SATISFIED)
    backwards = QuestionItem(31, "RADIOBUTTON", "", 3, "", None, shuffled.alternatives[::-1])
    assert scorer.scale(backwards, survey_id=1) == scorer.scale(shuffled, survey_id=1)


def test_free_text_and_ticks_are_no_scale(scorer):
    assert scorer.scale(item((), kind="TEXT_FIELD"), survey_id=1).reason is Reason.FREE_TEXT
    assert scorer.explain([]).reason is Reason.FREE_TEXT
    assert scorer.scale(item(SATISFIED, kind="CHECKBOX"), survey_id=1).reason is Reason.NOT_A_SCALE


def test_language_hint_settles_what_words_leave_open(scorer):
    enig = item(("Helt enig", "Enig", "Uenig", "Helt uenig"))
    assert scorer.scale(enig, survey_id=1, language="dan").language == "da"
    assert scorer.scale(enig, survey_id=1, language="nor").language == "no"
    assert scorer.scale(enig, survey_id=1, language="xxx").steps == scorer.scale(enig, survey_id=1).steps


def test_a_matrix_s_doubtful_statements_get_no_score(scorer):
    statements = ("Jag får snabba svar.", "Jag måste ofta vänta på svar.")
    asked = item(AGREED, kind="MATRIX", statements=statements)
    assert scorer.scale(asked, survey_id=1).doubtful == {statements[1]}
    assert answered(scorer, asked, AGREED[2], statement=statements[0]).score == 100
    assert answered(scorer, asked, AGREED[2], statement=statements[1]).reason is Reason.AMBIGUOUS
    assert answered(scorer, asked, AGREED[2]).reason is Reason.AMBIGUOUS


def test_satisfaction_with_something_bad_is_no_doubtful_statement(scorer):
    scale = scorer.scale(
        item(SATISFIED, kind="MATRIX", statements=("Väntetiden", "Hur vi löste problemet")), survey_id=1
    )
    assert scale.doubtful == frozenset()


@pytest.mark.parametrize(
    ("text", "weight", "score", "reason"),
    [
        ("Mycket nöjd", None, 100, None),
        (" mycket NÖJD ", None, 100, None),
        ("Mycket nöjd", 5, 100, None),
        ("Mycket nöjd", 4, None, Reason.AMBIGUOUS),  # the words of one with the weight of another
        ("Mycket nöjd", 77, None, Reason.AMBIGUOUS),
        ("", 4, 75, None),
        ("", 77, None, Reason.AMBIGUOUS),
        ("", None, None, Reason.AMBIGUOUS),
        ("Vet ej", None, None, Reason.NO_OPINION),
        ("Något helt annat", None, None, Reason.UNMAPPED),
    ],
)
def test_one_answer(scorer, text, weight, score, reason):
    told = answered(scorer, item((*SATISFIED, "Vet ej"), [1, 2, 3, 4, 5, None]), text, weight)
    assert (told.score, told.reason) == (score, reason)


def test_alternatives_of_one_wording_are_told_apart_by_weight(scorer):
    asked = item(["Bra", "Bra", "Dåligt"], [3, 2, 1])
    assert answered(scorer, asked, "Bra", 2).score == 50
    assert answered(scorer, asked, "Bra").reason is Reason.AMBIGUOUS


def test_answers_to_free_text_say_so(scorer):
    assert answered(scorer, item((), kind="TEXT_FIELD"), "Bra jobbat!").reason is Reason.FREE_TEXT


class TestOverrides:
    def scorer(self, everywhere=None, **override):
        return Scorer(load(), Overrides({(1, 31): ItemOverride(**override)}, everywhere or {}))

    def test_an_item_left_out(self):
        scorer = self.scorer(excluded=True)
        assert scorer.scale(item(SATISFIED), survey_id=1).excluded
        assert answered(scorer, item(SATISFIED), "Mycket nöjd") is None

    def test_another_survey_s_item_is_untouched(self):
        assert not self.scorer(excluded=True).scale(item(SATISFIED), survey_id=2).excluded

    def test_a_headline_is_marked(self):
        assert self.scorer(headline=True).scale(item(AGREED), survey_id=1).headline
        assert self.scorer(headline=True).scale(item((), kind="TEXT_FIELD"), survey_id=1).headline

    def test_direction(self):
        scale = self.scorer(direction=Direction.DESCENDING).scale(item(SATISFIED), survey_id=1)
        assert scores(scale) == [100, 75, 50, 25, 0]
        same = self.scorer(direction=Direction.ASCENDING).scale(item(SATISFIED), survey_id=1)
        assert scores(same) == [0, 25, 50, 75, 100]

    def test_direction_settles_a_negative_statement(self):
        waiting = item(AGREED, question="Jag måste ofta vänta.")
        scale = self.scorer(direction=Direction.DESCENDING).scale(waiting, survey_id=1)
        assert scores(scale) == [100, 50, 0]

    def test_kind(self):
        assert self.scorer(kind=Kind.EFFORT).scale(item(("1", "2", "3")), survey_id=1).kind is Kind.EFFORT

    def test_wordings_of_the_item_go_before_those_of_all(self):
        scorer = self.scorer(everywhere={"toppen": 90.0, "vet ej": 10.0}, wordings={"vet ej": None})
        scale = scorer.scale(item(("TOPPEN", "Vet ej", "xyzzy")), survey_id=1)
        assert scores(scale) == [90, None, None]
        assert reasons(scale) == [None, Reason.NO_OPINION, Reason.UNMAPPED]
        assert scale.method is Method.OVERRIDE

    def test_ruleset_changes_with_every_word_of_the_operator(self):
        plain = Scorer(load()).ruleset
        others = [
            self.scorer(headline=True),
            self.scorer(excluded=True),
            self.scorer(wordings={"bra": 80.0}),
            self.scorer(direction=Direction.ASCENDING),
        ]
        assert len({plain, *(s.ruleset for s in others)}) == 5
        assert Scorer(load(), Overrides()).ruleset == plain
