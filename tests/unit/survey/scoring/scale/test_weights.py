"""Numbers, declared ends and weights: they repeat each other once, or contradict each other."""

from __future__ import annotations

import pytest

N = None
FIVE = ["1", "2", "3", "4", "5"]
SIX = [*FIVE, "6"]
TEN = [str(n) for n in range(10, -1, -1)]
GOOD_FIRST = "Wie war es? (1 = sehr gut, 5 = sehr schlecht)"
GOOD_LAST = "How was it? (1 = very bad, 5 = very good)"

SCORED = {
    "weights that say what the question says turn once": (FIVE, GOOD_FIRST, [5, 4, 3, 2, 1], [100, 75, 50, 25, 0]),
    "weights that only repeat the numbers": (FIVE, GOOD_FIRST, [1, 2, 3, 4, 5], [100, 75, 50, 25, 0]),
    "declared without weights": (FIVE, GOOD_FIRST, None, [100, 75, 50, 25, 0]),
    "declared the usual way": (FIVE, GOOD_LAST, [1, 2, 3, 4, 5], [0, 25, 50, 75, 100]),
    "school grades with reversed weights": (SIX, "Welche Schulnote geben Sie uns?", [6, 5, 4, 3, 2, 1],
                                            [100, 80, 60, 40, 20, 0]),
    "school grades": (SIX, "Welche Schulnote geben Sie uns?", None, [100, 80, 60, 40, 20, 0]),
    "words and weights agree": (["Bad", "OK", "Good"], "", [1, 2, 3], [0, 50, 100]),
    "words turn weights round": (["Bad", "OK", "Good"], "", [3, 2, 1], [0, 50, 100]),
    "weights set the distance": (["Bad", "OK", "Good"], "", [0, 30, 100], [0, 30, 100]),
    "a non-answer has no part": (["Bad", "OK", "Good", "Cannot answer"], "", [1, 2, 3, 4], [0, 50, 100, N]),
    "stars": (["★", "★★", "★★★"], "", [1, 2, 3], [0, 50, 100]),
}  # fmt: skip

CONTRADICTING = {
    "points of nought to ten against weights": (TEN, "How likely are you to recommend us?", list(range(11))),
    "numbers against weights": (TEN, "", list(range(1, 12))),
    "declared against weights": (FIVE, GOOD_LAST, [5, 4, 3, 2, 1]),
    "weights that are neither way": (FIVE, "", [1, 3, 2, 5, 4]),
    "words that agree with no direction": (["Good", "Bad", "Very good"], "", [1, 2, 3]),
    "both ends declared good": (FIVE, "How was it? (1 = very good, 5 = very good)", None),
}

UNKNOWN = {
    "beyond the best": (["Bad", "Good", "Zork"], [1, 2, 3]),
    "below the worst": (["Bad", "Good", "Zork"], [2, 3, 1]),
}


@pytest.mark.parametrize(("labels", "question", "weights", "expected"), SCORED.values(), ids=SCORED)
def test_scored(scorer, labels, question, weights, expected):
    assert [step.score for step in scorer.explain(labels, question, weights).steps] == expected


@pytest.mark.parametrize(("labels", "question", "weights"), CONTRADICTING.values(), ids=CONTRADICTING)
def test_a_contradiction_is_ambiguous(scorer, labels, question, weights):
    scale = scorer.explain(labels, question, weights)
    assert (scale.reason, scale.rule) == ("ambiguous", "contradiction")
    assert all(step.score is None for step in scale.steps)


@pytest.mark.parametrize(("labels", "weights"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_nobody_understands_is_no_end(scorer, labels, weights):
    scale = scorer.explain(labels, "", weights)
    assert (scale.reason, scale.rule) == ("ambiguous", "unknown_end")


@pytest.mark.parametrize("weights", [None, list(range(10, -1, -1)), list(range(11, 0, -1))])
def test_points_class_and_band_of_nought_to_ten_agree(scorer, weights):
    scale = scorer.explain(TEN, "How likely are you to recommend us to a friend?", weights)
    assert (scale.kind, scale.steps[0].score, scale.steps[0].band) == ("nps", 100, "very_satisfied")
    assert [step.nps for step in scale.steps] == ["promoter"] * 2 + ["passive"] * 2 + ["detractor"] * 7
