"""The longest phrase wins; a shorter one never matches inside a longer word."""

import pytest

from service.survey.scoring.language.phrases import Phrases


@pytest.fixture
def phrases():
    found = Phrases()
    for entry, sense in [
        ("nöjd", "good"),
        ("missnöjd*", "bad"),
        ("inte", "not"),
        ("inte alls", "none"),
        ("av samma åsikt*", "same"),
        ("满意", "good"),
        ("不满意", "bad"),
        ("zufrieden*", "good"),
        ("vet inte", "unknown"),
    ]:
        found.add(entry, sense)
    return found


@pytest.mark.parametrize(
    ("words", "senses"),
    [
        (["nojd"], ["good"]),
        (["noejd"], ["good"]),
        (["missnojd"], ["bad"]),
        (["missnojda"], ["bad"]),
        (["nojda"], []),
        (["inte", "alls", "nojd"], ["none", "good"]),
        (["inte", "nojd"], ["not", "good"]),
        (["helt", "av", "samma", "asikten"], ["same"]),
        (["av", "samma"], []),
        (["不", "满", "意"], ["bad"]),
        (["很", "满", "意"], ["good"]),
        (["zufriedenstellend"], []),
        (["zufriedenes"], ["good"]),
    ],
)
def test_find(phrases, words, senses):
    assert [sense for match in phrases.find(words) for sense in match.senses] == senses


def test_a_meaning_can_be_passed_over(phrases):
    assert [m.senses for m in phrases.find(["vet", "inte"], without="unknown")] == [("not",)]


def test_one_entry_may_mean_several_things(phrases):
    phrases.add("nöjd", "other")
    phrases.add("nöjd", "other")
    assert phrases.find(["nojd"])[0].senses == ("good", "other")


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("missnjd", "missnojd"),  # a letter short
        ("missnoojd", "missnojd"),  # one too many
        ("missnajd", "missnojd"),  # another
        ("missonjd", "missnojd"),  # two changed places
        ("zufreiden", "zufrieden"),
        ("zufridenes", "zufrieden"),
        ("kissnojd", None),  # the first two letters are never guessed
        ("nojt", None),  # too short
        ("xyzzyxy", None),
    ],
)
def test_slips_of_one_letter(phrases, word, nearest):
    assert phrases.nearest(word) == nearest


def test_known_words(phrases):
    assert phrases.knows("alls")
    assert phrases.knows("zufriedener")
    assert not phrases.knows("zufall")


def test_an_entry_without_words_is_refused(phrases):
    with pytest.raises(ValueError, match="123"):
        phrases.add("123", "number")
