"""What holds for every scale: order, decoration and case change nothing; any text is answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.scoring import answered, closed
from tests.unit.survey.scoring.judged_scales import judged

WORDED = [
    case
    for case in judged("scales-dev.jsonl") + judged("scales-own.jsonl")
    if sum(e is not None for e in case["expected"]) > 1
    and not any(c.isdigit() for c in "".join(case["alternatives"]))
    and all(any(c.isalpha() for c in text) for text in case["alternatives"])
]
WORDS = ["very", "not", "at all", "satisfied", "nöjd", "inte", "<", "&lt;", "5", "(", ")", "/", "-", "😡", "不满意"]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
)
quick = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def best(scorer, alternatives):
    """The best alternatives by the scorer; empty where it is silent."""
    steps = [step for step in scorer.explain(alternatives).steps if step.score is not None]
    return {step.text for step in steps if step.score == max(s.score for s in steps)}


@quick
@given(case=st.sampled_from(WORDED), data=st.data())
def test_shuffling_never_changes_the_best(scorer, case, data):
    shuffled = data.draw(st.permutations(case["alternatives"]))
    assert best(scorer, shuffled) <= best(scorer, case["alternatives"])


@pytest.mark.parametrize("case", WORDED, ids=lambda case: f"{case['lang']}-{case['id']}")
def test_reversing_mirrors_the_scores(scorer, case):
    straight = [step.score for step in scorer.explain(case["alternatives"]).steps]
    assert [step.score for step in scorer.explain(case["alternatives"][::-1]).steps] == straight[::-1]


DECORATIONS = {
    "numbered": lambda i, text: f"{i + 1} - {text}",
    "numbered down": lambda i, text: f"({9 - i}) {text}",
    "lettered": lambda i, text: f"{'abcdefghijklm'[i]}) {text}",
    "valued": lambda i, text: f"{i}|{text}",
    "tagged": lambda _, text: f"<b>{text}</b><br/>",
    "spaced": lambda _, text: f"\u00a0 {text}\u200b \n",
    "shouted": lambda _, text: text.upper(),
    "swapped": lambda _, text: text.swapcase(),
    "titled": lambda _, text: text.title(),
    "dotted": lambda _, text: f"{text}.",
    "quoted": lambda _, text: f"»{text}«",
    "hyphenated": lambda _, text: text[:3] + "\u00ad" + text[3:],
    "escaped": lambda _, text: "".join(f"&#{ord(c)};" for c in text),
}


@pytest.mark.parametrize("decorate", DECORATIONS.values(), ids=DECORATIONS)
@pytest.mark.parametrize("at", range(0, len(WORDED), 7))
def test_decoration_changes_no_score(scorer, at, decorate):
    case = WORDED[(at + 3 * list(DECORATIONS.values()).index(decorate)) % len(WORDED)]  # other cases for each
    plain = [step.score for step in scorer.explain(case["alternatives"]).steps]
    decorated = [decorate(i, text) for i, text in enumerate(case["alternatives"])]
    assert [step.score for step in scorer.explain(decorated).steps] == plain


@quick
@given(
    alternatives=st.lists(TEXTS, max_size=12),
    question=TEXTS,
    weights=st.none() | st.lists(st.none() | st.integers(-5, 12) | st.integers(), max_size=12),
)
def test_a_score_is_within_bounds_or_has_a_reason(scorer, alternatives, question, weights):
    scale = scorer.explain(alternatives, question, weights)
    assert len(scale.steps) == len(alternatives)
    for step in scale.steps:
        assert (step.score is None) == (step.reason is not None)
        assert (step.score is None) == (step.band is None)
        assert step.score is None or 0 <= step.score <= 100
    assert scale.reason is None or all(step.score is None for step in scale.steps)


@quick
@given(case=st.sampled_from(WORDED), text=TEXTS, weight=st.none() | st.integers())
def test_any_answer_gets_a_score_or_a_reason(scorer, case, text, weight):
    told = answered(scorer, closed(case["alternatives"]), text, weight)
    assert (told.score is None) == (told.reason is not None)


HUGE = ["a" * 100_000, "&lt;" * 25_000, "<" * 100_000, "1 - " * 25_000, "inte alls " * 10_000, "(" * 100_000,
        "😡" * 100_000, "不满意" * 33_000,
        "\ufdfa" * 100_000, "\u0301" * 100_000, "&amp;" * 20_000, "a/b" * 33_000]  # fmt: skip


@pytest.mark.timeout(60)  # far more than it takes, far less than backtracking would
@pytest.mark.parametrize("text", HUGE, ids=lambda text: ascii(text[:6]))
def test_a_huge_label_is_answered_at_once_and_never_scored(scorer, text):
    alternatives = [text, "Mycket nöjd", "Mycket missnöjd", text[1:]]
    scale = scorer.explain(alternatives, question=text)
    assert scale.steps[0].score is None
    assert answered(scorer, closed(alternatives, text), text).score is None


def test_hundreds_of_alternatives_are_no_scale(scorer):
    scale = scorer.explain([f"Land {i}" for i in range(500)])
    assert scale.reason == "not_a_scale"
