"""How a label's characters become words and numbers."""

import pytest

from service.survey.scoring.language.folding import ascii_like, fold, fold_all
from service.survey.scoring.language.text import read, tokens, unhumped


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Mycket NÖJD", "mycket nojd"),
        ("&Auml;rlig &amp; rak", "arlig & rak"),
        ("&amp;Auml;rlig", "arlig"),
        ("<b>Very</b><br/>good", "very good"),
        ("a < b > c", "a < b > c"),
        ("miss\u00adnöjd\u200b", "missnojd"),
        ("d’accord", "daccord"),
        ("ＶＥＲＹ　ｇｏｏｄ", "very good"),
        ("Straße", "strasse"),
        ("fornøyd", "fornoyd"),
        ("Ánægð", "anaegd"),
        ("HİÇ MEMNUN", "hic memnun"),
        ("Недоволен ёж", "недоволен еж"),
        ("Ικανοποιημένος", "ικανοποιημενοσ"),
        ("أوافق بشدّة", "اوافق بشده"),
        ("がまん", "がまん"),
        ("만족", "만족"),
        ("☹️", "☹"),
        ("  a \n b ", "a b"),
        ("\ud800", "\ud800"),
    ],
)
def test_folding(raw, folded):
    assert fold(raw) == folded
    assert fold(folded) == folded


def test_ascii_spellings_are_known():
    assert fold_all(["nöjd", ascii_like("nöjd")]) == ["nojd", "noejd"]
    assert fold_all([ascii_like("große Maße")]) == [fold("große Maße")] == ["grosse masse"]
    assert fold_all([]) == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("very-good, isn't it?", ["very", "good", "isnt", "it"]),
        ("不满意 very", ["不", "满", "意", "very"]),
        ("good😡", ["good", "😡"]),
        ("5 a_b", ["a", "b"]),
        ("", []),
    ],
)
def test_tokens(raw, words):
    assert tokens(fold(raw)) == words


@pytest.mark.parametrize(
    ("raw", "number", "bare"),
    [
        ("5", (5, 5), True),
        ("(5)", (5, 5), True),
        ("5.", (5, 5), True),
        ("-3", (-3, -3), True),
        ("−3", (-3, -3), True),
        ("+3", (3, 3), True),
        ("2: 2", (2, 2), True),
        ("2 - 2", (2, 2), True),
        ("2 = 2.", (2, 2), True),
        ("2: 3", (2, 2), False),
        ("1 - Very bad", (1, 1), False),
        ("10 = Excellent", (10, 10), False),
        ("1|Bad", (1, 1), False),
        ("9-10 - Very likely", (9, 10), False),
        ("Recommend (NPS 3-4)", (3, 4), False),
        ("stimme zu <br> 7", (7, 7), False),
        ("Excellent (5)", (5, 5), False),
        ("at 7 o'clock", None, False),
        ("25%", (25, 25), False),
        ("18-24", (18, 24), False),
        ("4+", (4, 4), False),
        ("3.5", None, False),
        ("2019", None, False),
        ("⭐⭐⭐", (3, 3), True),
        ("★★★☆☆", (3, 3), True),
        ("☆☆☆☆☆", None, False),
        ("Good", None, False),
        ("", None, False),
    ],
)
def test_numbers(raw, number, bare):
    text = read(raw)
    assert (text.number, text.bare) == (number, bare)


@pytest.mark.parametrize(
    ("raw", "segments"),
    [
        ("Spokojený/á", (("spokojeny",),)),
        ("satisfait(e)", (("satisfait",),)),
        ("задоволений(-а)", (("задоволении",),)),
        ("content·e·s", (("content",),)),
        ("zadovoljan/na", (("zadovoljan",),)),
        ("Nöjd / Satisfied", (("nojd",), ("satisfied",))),
        ("Good (as expected)", (("good",), ("as", "expected"))),
        ("N/A", (("n",), ("a",))),
        ("Very - good", (("very",), ("good",))),
        ("so-so", (("so", "so"),)),
        ("strongly_agree", (("strongly", "agree"),)),
        ("AGREE", (("agree",),)),
        (":-)", (("🙂",),)),
        ("1 :(", (("🙁",),)),
        ("Bra :)", (("bra",),)),
    ],
)
def test_segments(raw, segments):
    assert read(raw).segments == segments


@pytest.mark.parametrize(
    ("raw", "apart"),
    [("StronglyAgree", "Strongly Agree"), ("iPhone", "iPhone"), ("AGREE", "AGREE"), ("Agree", "Agree")],
)
def test_words_run_together(raw, apart):
    assert unhumped(raw) == apart


def test_what_is_too_long_for_a_label_is_marked():
    assert read("a" * 301).long
    assert read(" " * 2_001).long
    assert not read("a" * 300).long
