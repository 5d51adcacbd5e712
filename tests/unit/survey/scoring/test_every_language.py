"""What holds for the scales of every language, with and without weights."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from service.app.lexicon_files import COMMON, read_all
from service.survey.bands import band, nps_band
from tests.unit.survey.scoring.judged_scales import judged

FILES = {name: content for name, content in read_all().items() if name != COMMON}
SCALES = [
    (content["code"], example["alternatives"], example.get("question", ""), content)
    for content in FILES.values()
    for example in content["example"]
    if sum(not isinstance(s, str) for s in example["scores"]) > 1
]
REAL = [(case["lang"], case["alternatives"], case.get("question", ""), None) for case in judged("scales-2-learn.jsonl")]
UNKNOWN = ["Qwx zyq wxy vwq", "Zork blup fnord"]
BANDS = ["very_dissatisfied", "dissatisfied", "neutral", "satisfied", "very_satisfied"]


def scores(scorer, labels, question="", weights=None):
    return [step.score for step in scorer.explain(labels, question, weights).steps]


def every_language(scales):
    """A test for each language; its scales are in `scales`."""
    of = defaultdict(list)
    for code, *scale in scales:
        of[code].append(scale)
    return pytest.mark.parametrize("scales", of.values(), ids=of)


@every_language(SCALES + REAL)
def test_a_reversed_list_scores_the_same(scorer, scales):
    for labels, question, _ in scales:
        assert scores(scorer, labels[::-1], question) == scores(scorer, labels, question)[::-1], labels


@every_language(SCALES + REAL)
def test_a_shuffled_list_has_the_same_best_or_none(scorer, scales):
    for labels, question, _ in scales:
        shuffled = random.Random(len(labels)).sample(labels, len(labels))
        plain, got = scores(scorer, labels, question), scores(scorer, shuffled, question)
        if any(score is not None for score in plain) and not any(char.isdigit() for text in labels for char in text):
            best = {text for text, score in zip(labels, plain, strict=True) if score == 100}
            assert {text for text, score in zip(shuffled, got, strict=True) if score == 100} <= best, labels


@every_language(SCALES)
def test_decoration_and_case_change_nothing(scorer, scales):
    for labels, question, _ in scales:
        if any(char.isdigit() for text in labels for char in text):
            continue
        plain = scores(scorer, labels, question)
        assert scores(scorer, [f"<b>{text}</b>\u00a0" for text in labels], question) == plain, labels
        assert scores(scorer, [f"{chr(97 + i)}) {text}." for i, text in enumerate(labels)], question) == plain, labels
        assert scores(scorer, [text.upper() for text in labels], question) == plain, labels


@every_language(SCALES + REAL)
def test_score_reason_and_band_agree(scorer, scales):
    for labels, question, _ in scales:
        for weights in (None, list(range(1, len(labels) + 1)), list(range(len(labels), 0, -1))):
            scale = scorer.explain(labels, question, weights)
            for step in scale.steps:
                assert (step.score is None) == (step.reason is not None) == (step.band is None), labels
                if step.score is None:
                    continue
                assert 0 <= step.score <= 100, labels
                told = nps_band(round(step.score / 10)) if scale.kind == "nps" else band(step.score, None)
                assert abs(BANDS.index(step.band) - BANDS.index(told)) <= 1, labels
                assert (step.score, step.band) not in ((0, BANDS[4]), (100, BANDS[0])), labels


@every_language(SCALES)
def test_one_more_non_answer_changes_nothing(scorer, scales):
    for labels, question, content in scales:
        plain = scores(scorer, labels, question)
        own = [text for text in content["labels"]["no_opinion"] if "*" not in text and len(text) > 2]
        for text in (own[0], own[-1]):
            assert scores(scorer, [*labels, text], question) == [*plain, None], labels
            assert scores(scorer, [text, *labels], question) == [None, *plain], labels
        if len(labels) > 3:
            weights = list(range(1, len(labels) + 1))
            weighted = scores(scorer, labels, question, weights)
            for weight in (0, len(labels) + 1, None):
                assert scores(scorer, [*labels, own[0]], question, [*weights, weight]) == [*weighted, None], labels


@pytest.mark.parametrize("unknown", UNKNOWN)
@every_language(SCALES)
def test_an_unknown_non_answer_never_moves_a_score(scorer, scales, unknown):
    for labels, question, _ in scales:
        plain = scores(scorer, labels, question)
        got = scores(scorer, [*labels, unknown], question)
        assert got in ([*plain, None], [None] * (len(labels) + 1)), labels
