"""Nine languages that say the same things, and write numbers and times as their readers do."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.survey.model import Band, Direction, Kind, Method, Reason
from service.widget.texts import UNITS, choose, load_icons, load_texts
from service.widget.view import plain_card

TEXTS = load_texts()
EN = TEXTS["en"]
AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def blanks(text):
    return sorted(re.findall(r"\{(\w*)\}", text))


def test_the_nine_languages_are_there():
    assert set(TEXTS) >= {"sv", "en", "de", "no", "da", "fi", "fr", "nl", "es"}


@pytest.mark.parametrize("lang", TEXTS)
def test_every_language_says_the_same_things_with_the_same_blanks(lang):
    words = TEXTS[lang].words
    assert list(words) == list(EN.words)
    assert {key: blanks(text) for key, text in words.items()} == {key: blanks(text) for key, text in EN.words.items()}
    assert all(text.strip() == text and text for text in words.values())
    assert not any(re.search(r"[<>&]", text) for text in words.values())


@pytest.mark.parametrize("lang", sorted(set(TEXTS) - {"en"}))
def test_no_language_left_english_standing(lang):
    same = {key for key, text in TEXTS[lang].words.items() if text == EN.words[key]}
    # Words that other languages share with English.
    assert same <= {
        "band.neutral", "kind.satisfaction", "kind.effort", "nps.promoter", "nps.detractor",
        "score", "contact", "comment", "respondent",
        "direction.ascending", "answered_many",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("group", "values"),
    [("band", Band), ("kind", Kind), ("method", Method), ("reason", Reason), ("direction", Direction)],
)
def test_every_value_of_the_domain_has_its_words(group, values):
    assert {f"{group}.{value}" for value in values} <= set(EN.words)


def test_every_band_and_state_has_a_shape_of_its_own():
    icons = load_icons()
    shapes = [*Band, "never", "no_score", "starting", "unavailable", "expired", "invalid"]
    assert len({icons[shape] for shape in shapes}) == len(shapes)


def test_blanks_are_filled_as_text():
    assert EN.say("contact", id="<b>7</b>{x}") == "Contact &lt;b&gt;7&lt;/b&gt;{x}"


@pytest.mark.parametrize(
    ("lang", "score", "said"), [("en", 0.0, "0"), ("en", 66.7, "66.7"), ("sv", 66.7, "66,7"), ("de", 100.0, "100")]
)
def test_scores_are_shown_to_a_tenth(lang, score, said):
    assert TEXTS[lang].number(score) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, None), (59.9, None), (60, "1 minute ago"), (3599, "59 minutes ago"), (7200, "2 hours ago"),
        (86_400 * 6.9, "6 days ago"), (86_400 * 13, "1 week ago"), (86_400 * 59, "1 month ago"),
        (86_400 * 364, "12 months ago"), (86_400 * 800, "2 years ago"),
    ],
)  # fmt: skip
def test_time_ago_is_said_in_whole_units(seconds, said):
    assert EN.ago(seconds) == said


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "Uppdaterat för 2 minuter sedan"), ("en", "Updated 2 minutes ago"), ("de", "Aktualisiert vor 2 Minuten"),
        ("fr", "Mis à jour il y a 2 minutes"), ("es", "Actualizado hace 2 minutos"),
        ("nl", "Bijgewerkt 2 minuten geleden"),
    ],
)  # fmt: skip
def test_an_age_makes_a_sentence_with_the_words_before_it(lang, said):
    texts = TEXTS[lang]
    assert texts.say("fresh.as_of", time=texts.ago(120)) == said


@pytest.mark.parametrize(
    ("lang", "key", "said"),
    [
        ("de", "nps.promoter", "Promoter"),
        ("de", "fresh.now", "Gerade eben aktualisiert"),
        ("en", "score", "{score} out of 100"),
        ("en", "steps", "{n}-point scale"),
        ("sv", "trend.down", "Föll från {previous} till {score}"),
        ("sv", "reason.not_a_scale", "Inget svar är bättre eller sämre"),
        ("de", "state.no_score", "Keine Bewertung"),
        ("de", "reason.not_a_scale", "Keine Antwort ist besser oder schlechter"),
        ("no", "kind.agreement", "Grad av enighet"),
        ("da", "kind.agreement", "Grad af enighed"),
        ("fi", "state.no_score", "Ei pisteytystä"),
        ("fi", "kind.agreement", "Samaa mieltä"),
        ("fr", "steps", "Échelle à {n} niveaux"),
        ("nl", "method.weight", "Op basis van de wegingen in de enquête"),
        ("es", "steps", "Escala de {n} puntos"),
        ("es", "reason.not_a_scale", "Ninguna respuesta es mejor que otra"),
    ],
)
def test_words_that_readers_of_a_language_put_right_stay_so(lang, key, said):
    assert TEXTS[lang].words[key] == said


@pytest.mark.parametrize("lang", TEXTS)
@pytest.mark.parametrize(("unit", "length"), UNITS)
def test_every_language_can_say_every_unit(lang, unit, length):
    assert re.search(r"\b3\b", TEXTS[lang].ago(length * 3.99))


def test_units_are_as_long_as_babel_takes_them_to_be():
    said = [EN.ago(length) for _, length in UNITS]
    assert said == ["yesterday" if unit == "day" else f"1 {unit} ago" for unit, _ in UNITS]


@pytest.mark.parametrize(
    ("lang", "one", "six"),
    [
        ("sv", "i går", "för 6 dagar sedan"), ("en", "yesterday", "6 days ago"), ("de", "gestern", "vor 6 Tagen"),
        ("no", "i går", "for 6 dager siden"), ("da", "i går", "for 6 dage siden"), ("fi", "eilen", "6 päivää sitten"),
        ("fr", "hier", "il y a 6 jours"), ("nl", "gisteren", "6 dagen geleden"), ("es", "ayer", "hace 6 días"),
    ],
)  # fmt: skip
def test_days_are_said_as_people_say_them(lang, one, six):
    assert (TEXTS[lang].ago(86_400 * 1.9), TEXTS[lang].ago(86_400 * 6.9)) == (one, six)


@pytest.mark.parametrize(
    ("ago", "said"),
    [({"minutes": 35}, "13:30 UTC"), ({"days": 1}, "22 Nov 2026 14:05 UTC"), ({"hours": 15}, "22 Nov 2026 23:05 UTC")],
)
def test_a_time_of_day_names_its_day_unless_it_is_today(ago, said):
    assert EN.clock(AT - timedelta(**ago), AT) == said


@pytest.mark.parametrize(
    ("wanted", "lang"),
    [
        (["sv"], "sv"),
        (["NB-no"], "no"),
        (["pt", "fr-CA"], "fr"),
        (["", "de_AT"], "de"),
        ([], "en"),
        (["x" * 999], "en"),
    ],
)
def test_the_first_language_that_there_is_wins(wanted, lang):
    assert choose(TEXTS, wanted) == lang


@pytest.mark.parametrize("state", ["never", "starting", "unavailable", "expired", "invalid"])
@pytest.mark.parametrize("lang", TEXTS)
def test_every_state_without_answers_has_a_title_and_what_to_do(state, lang):
    card = plain_card(state, TEXTS[lang], AT)
    assert f"state.{card.state}" in card.texts
    assert f"state.{card.state}.text" in card.texts
