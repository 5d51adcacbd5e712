"""What is no answer: in every language, anywhere in the list, with weights too."""

from __future__ import annotations

import pytest

from service.app.lexicon_files import COMMON, read_all

FILES = {name: content for name, content in read_all().items() if name != COMMON}
N = None

# Two good and two bad steps of each core language.
CORE = {
    "sv": ["Mycket lätt", "Lätt", "Svårt", "Mycket svårt"],
    "no": ["Svært lett", "Lett", "Vanskelig", "Svært vanskelig"],
    "da": ["Meget nemt", "Nemt", "Svært", "Meget svært"],
    "de": ["Sehr leicht", "Leicht", "Schwer", "Sehr schwer"],
    "fi": ["Erittäin helppoa", "Helppoa", "Vaikeaa", "Erittäin vaikeaa"],
    "en": ["Very easy", "Easy", "Difficult", "Very difficult"],
}
SAID = {
    "sv": [
        "Svårt att säga", "Svårt att bedöma", "Vet ej", "Vet inte", "Kan inte svara", "Ingen åsikt",
        "Ej aktuellt", "Ej relevant", "Ingen uppfattning", "Vill inte svara", "Okänt", "Har ej använt",
        "Inte tillämpligt", "Har ingen erfarenhet", "Minns inte", "Kan ej bedöma", "Vet ej/ej aktuellt", "Avstår"
    ],
    "no": [
        "Vanskelig å si", "Vanskelig å svare på", "Vet ikke", "Kan ikke svare", "Ingen mening", "Ikke aktuelt",
        "Ikke relevant", "Vil ikke svare", "Ukjent", "Har ikke brukt", "Ingen erfaring", "Husker ikke",
        "Kan ikke bedømme", "Ønsker ikke å svare", "Ingen formening", "Vet ikke/ikke relevant"
    ],
    "da": [
        "Svært at sige", "Svært at vurdere", "Ved ikke", "Kan ikke svare", "Ingen mening", "Ikke aktuelt",
        "Ikke relevant", "Ønsker ikke at svare", "Ukendt", "Har ikke brugt", "Ingen erfaring", "Husker ikke",
        "Kan ikke vurdere", "Ingen holdning", "Ved ikke/ikke relevant"
    ],
    "de": [
        "Schwer zu sagen", "Schwer zu beurteilen", "Weiß nicht", "Keine Angabe", "Keine Meinung",
        "Nicht zutreffend", "Kann ich nicht beurteilen", "Möchte ich nicht sagen", "Unbekannt", "Nicht genutzt",
        "Keine Erfahrung", "Weiß ich nicht mehr", "k. A.", "Entfällt", "Keine Antwort", "Kann ich nicht sagen"
    ],
    "fi": [
        "Vaikea arvioida", "En osaa sanoa", "En tiedä", "Ei mielipidettä", "En halua vastata", "Ei kokemusta",
        "Tuntematon", "En ole käyttänyt", "Ei koske minua", "En muista", "En osaa arvioida", "En osaa vastata",
        "EOS", "Ei sovellu", "Ei vastausta"
    ],
    "en": [
        "Hard to say", "Hard to tell", "Don't know", "Cannot answer", "Can't say", "No opinion",
        "Not applicable", "Prefer not to say", "Unknown", "Not used", "No experience", "Don't remember", "N/A",
        "Unable to rate", "Not relevant", "Rather not say", "Does not apply", "No answer"
    ],
}  # fmt: skip


def scores(scorer, labels, weights=None):
    return [step.score for step in scorer.explain(labels, "", weights).steps]


def cases(table):
    return [pytest.param(code, text, id=f"{code}-{text}") for code, texts in table.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), cases(SAID))
def test_a_non_answer_changes_nothing_wherever_it_stands(scorer, code, text):
    steps = CORE[code]
    expected = [100, pytest.approx(200 / 3), pytest.approx(100 / 3), 0]
    for at in range(len(steps) + 1):
        assert scores(scorer, [*steps[:at], text, *steps[at:]]) == [*expected[:at], N, *expected[at:]]


@pytest.mark.parametrize(("code", "text"), cases(SAID))
@pytest.mark.parametrize(
    "weights", [[4, 3, 2, 1, 5], [4, 3, 2, 1, 0], [1, 2, 3, 4, 5], [4, 3, 2, 1, 2], [4, 3, 2, 1, N]]
)
def test_nor_does_its_weight(scorer, code, text, weights):
    expected = [100, pytest.approx(200 / 3), pytest.approx(100 / 3), 0]
    assert scores(scorer, [*CORE[code], text], weights) == [*expected, N]


UNDECIDED = {
    "sv": "Osäker",
    "no": "Usikker",
    "da": "Usikker",
    "de": "Unsicher",
    "fi": "Vaikea sanoa",  # "difficult to say" stands between "somewhat easy" and "somewhat difficult" there
    "en": "Undecided",
}


@pytest.mark.parametrize(("code", "text"), UNDECIDED.items(), ids=UNDECIDED)
def test_undecided_is_the_middle_between_good_and_bad_and_nothing_elsewhere(scorer, code, text):
    steps = CORE[code]
    expected = [100, pytest.approx(200 / 3), pytest.approx(100 / 3), 0]
    for at in (0, 1, 3, 4):
        assert scores(scorer, [*steps[:at], text, *steps[at:]]) == [*expected[:at], N, *expected[at:]]
    assert scores(scorer, [*steps[:2], text, *steps[2:]]) == [100, 75, 50, 25, 0]


@pytest.mark.parametrize("name", FILES)
def test_every_lexicons_own_non_answers_leave_its_own_examples_alone(scorer, name):
    content = FILES[name]
    example = next(e for e in content["example"] if len(e["alternatives"]) > 3 and "weights" not in e
                   and all(not isinstance(s, str) for s in e["scores"]))  # fmt: skip
    labels, question = list(example["alternatives"]), example.get("question", "")
    plain = [step.score for step in scorer.explain(labels, question).steps]
    assert None not in plain
    said = [text for text in content["labels"]["no_opinion"] if "*" not in text]
    got = {text: [step.score for step in scorer.explain([*labels, text], question).steps] for text in said}
    assert [text for text, found in got.items() if found != [*plain, N]] == []


@pytest.mark.parametrize("text", ["Zork", "Zork blup", "Qwx zyq wxy", "Cannot zork"])
def test_what_nobody_understands_never_scores_with_weights(scorer, text):
    steps = ["Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied"]
    scale = scorer.explain([*steps, text], "", [1, 2, 3, 4, 5, 6])
    assert scale.steps[-1].score is None
    assert [step.score for step in scale.steps[:-1]] in ([0, 25, 50, 75, 100], [None] * 5)


def test_where_what_nobody_understands_may_be_an_end_the_item_is_ambiguous(scorer):
    scale = scorer.explain(["Bad", "Good", "Zork"], "", [1, 2, 3])
    assert (scale.reason, scale.rule) == ("ambiguous", "unknown_end")


UNSURE = [
    (["Väldigt osäker", "Lite osäker", "Rätt säker", "Väldigt säker"], [0, 33.3, 66.7, 100]),
    (["Helt sikker", "Ganske sikker", "Litt usikker", "Svært usikker"], [100, 66.7, 33.3, 0]),
    (["Meget sikker", "Sikker", "Usikker", "Meget usikker"], [100, 66.7, 33.3, 0]),
    (["Sehr sicher", "Eher sicher", "Eher unsicher", "Sehr unsicher"], [100, 66.7, 33.3, 0]),
    (["Hyvin varma", "Melko varma", "Melko epävarma", "Hyvin epävarma"], [100, 66.7, 33.3, 0]),
    (["Very sure", "Fairly sure", "Fairly unsure", "Very unsure"], [100, 66.7, 33.3, 0]),
    (["Very certain", "Certain", "Uncertain", "Very uncertain"], [100, 66.7, 33.3, 0]),
    (["Ja", "Nej", "Osäker"], [100, 0, N]),
    (["Yes", "Unsure", "No"], [100, N, 0]),
    (["Ja", "Nein", "Unsicher"], [100, 0, N]),
]


@pytest.mark.parametrize(("labels", "expected"), UNSURE, ids=lambda value: str(value[0]))
def test_unsure_is_a_step_beside_sure_and_no_answer_elsewhere(scorer, labels, expected):
    assert scores(scorer, labels) == [e if e is N else pytest.approx(e, abs=0.1) for e in expected]
