"""Ends and middles of a scale, and the kinds of lists."""

from __future__ import annotations

import pytest

N = None

SCORED = {
    "does not apply is the worst": (["Fully applies", "Mostly applies", "Partly applies", "Does not apply"],
                                    [100, 66.7, 33.3, 0]),
    "stämmer inte är sämst": (["Stämmer helt", "Stämmer delvis", "Stämmer inte"], [100, 50, 0]),
    "trifft nicht zu ist das schlechteste": (["Trifft voll zu", "Trifft etwas zu", "Trifft nicht zu"], [100, 50, 0]),
    "undecided": (["Agree", "Undecided", "Disagree"], [100, 50, 0]),
    "unentschieden": (["Stimme zu", "Unentschieden", "Stimme nicht zu"], [100, 50, 0]),
    "na ja is no n/a": (["Super", "Gut", "Na ja", "Schlecht"], [100, 66.7, 33.3, 0]),
    "n/a beside it": (["Super", "Gut", "Na ja", "Schlecht", "N/A"], [100, 66.7, 33.3, 0, N]),
    "faces beside words": (["😡 Bad", "😐 OK", "😍 Good"], [0, 50, 100]),
}  # fmt: skip

NEVER_WRONG = {
    "a sentence as the worst end": ["Excellent", "Good", "Fair", "It was so poor that we will never ever come back"],
    "likewise in Swedish": ["Mycket bra", "Bra", "Dåligt", "Så illa att jag aldrig kommer tillbaka hit"],
    "likewise in German": ["Sehr gut", "Gut", "Schlecht", "So schlimm, dass ich nie wieder hierher komme"],
}

NO_SCALE = {
    "likes and dislikes of a plan": (
        "What do you think of the plan?",
        ["I like the plan because it saves money", "I dislike the plan because it costs us time",
         "I like some of the ideas in it", "I dislike the new office"],
    ),
    "reasons": ("Why did you choose us?", ["Good price", "Good location", "Friendly staff", "Bad experiences"]),
}  # fmt: skip

KINDS = {
    "agreement by its words whatever the question": (
        "How satisfied are you?", ["Strongly agree", "Agree", "Disagree"], "agreement"),
    "agreement about quality": ("The quality is good", ["Stimme voll zu", "Stimme eher zu", "Stimme nicht zu"],
                                "agreement"),
    "effort by its words": ("How was the quality of the process?", ["Very easy", "Easy", "Difficult"], "effort"),
    "effort by the question": ("Hur lätt var det att få hjälp?", ["Mycket lätt", "Ganska lätt", "Svårt"], "effort"),
    "quality by its words": ("How would you rate the ease of ordering?", ["Excellent", "Good", "Poor"], "quality"),
    "satisfaction": ("Hur lätt var det?", ["Mycket nöjd", "Nöjd", "Missnöjd"], "satisfaction"),
    "yes and no": ("Did you get help?", ["Yes", "No"], "yes_no"),
    "faces follow the words": ("How satisfied are you?", ["🙁 Dissatisfied", "🙂 Satisfied"], "satisfaction"),
}  # fmt: skip


@pytest.mark.parametrize(("labels", "expected"), SCORED.values(), ids=SCORED)
def test_scored(scorer, labels, expected):
    found = [step.score for step in scorer.explain(labels).steps]
    assert found == [e if e is N else pytest.approx(e, abs=0.1) for e in expected]


@pytest.mark.parametrize("labels", NEVER_WRONG.values(), ids=NEVER_WRONG)
def test_a_long_worst_end_is_read_or_the_list_is_silent(scorer, labels):
    falling = [100, pytest.approx(200 / 3), pytest.approx(100 / 3), 0]
    assert [step.score for step in scorer.explain(labels).steps] in (falling, [N] * 4)


@pytest.mark.parametrize(("question", "labels"), NO_SCALE.values(), ids=NO_SCALE)
def test_no_scale(scorer, question, labels):
    assert all(step.score is None for step in scorer.explain(labels, question).steps)


@pytest.mark.parametrize(("question", "labels", "kind"), KINDS.values(), ids=KINDS)
def test_kind(scorer, question, labels, kind):
    assert scorer.explain(labels, question).kind == kind
