"""Accents count where they alone tell two words of one language apart, and nowhere else."""

from __future__ import annotations

import pytest

from service.app.lexicon_files import COMMON, load, read_all
from service.survey.scoring.language.entries import senses
from service.survey.scoring.language.folding import exact, fold
from service.survey.scoring.language.phrases import stem_lengths

CODES = sorted(content["code"] for name, content in read_all().items() if name != COMMON)
LEXICONS = load()


def entries(content):
    yield from ((entry, place) for place, entry, _ in senses(content) if place != "emoji")
    yield from ((entry, cue) for cue, told in content.get("question", {}).items() for entry in told)
    yield from ((entry, "rival") for entry in content.get("words", {}).get("rivals", ()))


@pytest.mark.parametrize("code", CODES)
def test_words_of_one_language_that_folding_would_merge_are_told_apart(code):
    lexicon = LEXICONS.named(code)
    held = {}
    for entry, place in entries(lexicon.content):
        if "*" not in entry and " " not in entry:
            held.setdefault(fold(entry), {}).setdefault(exact(entry), set()).add(place)
    merged = [spelled for spelled in held.values() if len({frozenset(places) for places in spelled.values()}) > 1]
    for spelled in merged:
        kept = {accented: lexicon.spelling.word(fold(accented), accented) for accented in spelled}
        assert len(set(kept.values())) == len(kept), spelled


@pytest.mark.parametrize("code", CODES)
def test_a_word_is_never_taken_for_a_stem_whose_accents_differ(code):
    lexicon = LEXICONS.named(code)
    told = list(entries(lexicon.content))
    stems = [(entry[:-1], place) for entry, place in told if entry.endswith("*") and " " not in entry]
    folded = {}
    for stem, place in stems:
        folded.setdefault(fold(stem), []).append((exact(stem), place))
    for word, place in told:
        if "*" in word or " " in word or place == "rival":
            continue
        for at in stem_lengths(fold(word)):
            rivals = folded.get(fold(word)[:at], ())
            if rivals and not any(exact(word).startswith(stem) or other == place for stem, other in rivals):
                assert lexicon.spelling.word(fold(word), exact(word)) == exact(word), (word, rivals)


TOLD = {
    "sv: är is no year": (["Jag är mycket nöjd", "Jag är nöjd", "Jag är missnöjd"], [100, 50, 0]),
    "sv: without accents in the labels": (["Mycket nojd", "Nojd", "Missnojd"], [100, 50, 0]),
    "de: schön is not schon": (["Sehr schön", "Schön", "Nicht schön"], [100, 50, 0]),
    "fi: väli": (["Erittäin hyvä", "Siltä väliltä", "Erittäin huono"], [100, 50, 0]),
    "vi: tones tell words apart": (["Rất hài lòng", "Hài lòng", "Không hài lòng"], [100, 50, 0]),
}


@pytest.mark.parametrize(("labels", "scores"), TOLD.values(), ids=TOLD)
def test_told(scorer, labels, scores):
    assert [step.score for step in scorer.explain(labels).steps] == scores


@pytest.mark.parametrize(
    "labels",
    [
        ["Jag är mycket nöjd med er", "Jag är nöjd med er", "Jag är missnöjd med er"],
        ["Det är mycket bra", "Det är bra", "Det är dåligt"],
        ["Jeg er svært fornøyd", "Jeg er fornøyd", "Jeg er misfornøyd"],
        ["Det er meget godt", "Det er godt", "Det er dårligt"],
        ["Es ist sehr gut", "Es ist gut", "Es ist schlecht"],
        ["Se on erittäin hyvä", "Se on hyvä", "Se on huono"],
        ["It is very good", "It is good", "It is bad"],
    ],
)
def test_whole_sentences_are_scored(scorer, labels):
    assert [step.score for step in scorer.explain(labels).steps] == [100, 50, 0]
