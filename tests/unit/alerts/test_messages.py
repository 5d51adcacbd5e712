"""What each destination is sent: in every language, within its limits, and without obeying what customers write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from standardwebhooks import Webhook

from service.alerts.messages import slack, teams, webhook
from service.alerts.messages.telling import languages, shorten
from service.survey.changes import ChangeKind
from service.widget.card.links import link
from tests.support.receivers import wrong_for_slack, wrong_for_teams

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SPEECH = languages()
NASTY = "<!channel> [Log in](https://evil.example) *bold* & `x` https://evil.example {{DATE(2026)}} @everyone"
LONG = "😀<&>" * 20_000


def change(**more):
    return {
        "id": "4711/9001/abc",
        "kind": "crossed_below",
        "customer_id": "C-1001",
        "contact_id": "P-77",
        "respondent_id": 501,
        "survey": {"id": 4711, "name": "Kundnöjdhet"},
        "answer_set_id": 9001,
        "score": 0.0,
        "previous_score": 75.0,
        "band": "very_dissatisfied",
        "score_kind": "satisfaction",
        "low_respondents": 2,
        "answered_at": "2026-11-23T10:00:00Z",
        "detected_at": "2026-11-23T10:01:00Z",
        "question": "Hur nöjd är du med oss?",
        "answer": "Mycket missnöjd",
        **more,
    }


def told(lang="en", link=lambda _change: "https://crm.example/P-77", **more):
    return SPEECH[lang].change(change(**more), NOW, link)


def texts(document):
    """Every string in a document."""
    if isinstance(document, dict):
        return [text for value in document.values() for text in texts(value)]
    if isinstance(document, list):
        return [text for value in document for text in texts(value)]
    return [document] if isinstance(document, str) else []


def test_it_says_who_what_from_and_to_where_and_when():
    for dress in (slack.body, teams.body):
        said = "\n".join(texts(json.loads(dress(told(comments=["Ingen svarar."])))))
        for part in (
            "A customer has become dissatisfied", "C-1001", "P-77", "https://crm.example/P-77", "75 → 0",
            "Very dissatisfied", "Kundnöjdhet", "2 hours ago", "23 Nov 2026", "Hur nöjd är du med oss?",
            "Mycket missnöjd", "Ingen svarar.",
        ):  # fmt: skip
            assert part in said, part


def test_nine_languages_have_the_same_words_and_each_its_own():
    keys = {frozenset(speech.words) for speech in SPEECH.values()}
    assert len(SPEECH) == 9
    assert len(keys) == 1
    assert {*ChangeKind} <= set(SPEECH["en"].words)
    for key in ("crossed_below", "together", "test"):
        assert len({speech.words[key] for speech in SPEECH.values()}) == 9


@pytest.mark.parametrize("lang", sorted(SPEECH))
@pytest.mark.parametrize("kind", ChangeKind)
def test_every_language_makes_messages_that_are_taken(lang, kind):
    telling = told(lang, kind=kind, previous_score=None, band=None, contact_id=None)
    assert wrong_for_slack(slack.body(telling)) is None
    assert wrong_for_teams(teams.body(telling)) is None
    many = SPEECH[lang].digest("digest-1", [change(kind=kind, customer_id=f"C-{n}") for n in range(3000)])
    assert wrong_for_slack(slack.body(many)) is None
    assert wrong_for_teams(teams.body(many)) is None
    assert SPEECH[lang].texts.number(3000) in many.title


def test_a_name_is_told_where_it_is_known():
    assert "Anna Berg" in "".join(texts(json.loads(slack.body(told(contact_name="Anna Berg")))))


def test_a_link_that_only_a_crm_opens_is_left_out():
    telling = told(link=lambda _change: "ms-dynamicsxrm://record/1")
    assert "ms-dynamicsxrm" not in slack.body(telling).decode() + teams.body(telling).decode()
    assert wrong_for_teams(teams.body(telling)) is None


@pytest.mark.parametrize("contact", ["😀" * 200, "&" * 200, "<" * 200], ids=ascii)
def test_a_link_too_long_for_slack_is_left_out_and_the_message_taken(contact):
    where = partial(link, "https://crm.example/" + "p" * 500 + "?contact={contact_id}")
    alert = told(link=where, contact_id=contact)
    assert wrong_for_slack(slack.body(alert)) is None
    assert wrong_for_teams(teams.body(alert)) is None
    assert "https://crm.example/P-77" in slack.body(told()).decode()


@pytest.mark.parametrize("text", [NASTY, LONG, "\x00\x07\ud800 a", "", "\n"])
def test_what_people_write_is_shown_and_never_obeyed(text):
    wide = told(
        customer_id=text or "C", contact_id=text, contact_name=text, question=text, answer=text,
        survey={"id": 1, "name": text}, comments=[text] * 100,
    )  # fmt: skip
    for dress, wrong in ((slack.body, wrong_for_slack), (teams.body, wrong_for_teams)):
        assert wrong(dress(wide)) is None
    message = json.loads(slack.body(wide))
    assert "<!" not in "".join(texts(message))
    for block in message["blocks"]:
        for text_object in [block.get("text"), *block.get("fields", [])]:
            assert not text_object or text_object["type"] == "plain_text" or text_object["verbatim"]
    card = json.loads(teams.body(wide))["attachments"][0]["content"]
    # Teams reads Markdown in a TextBlock alone.
    assert [element["text"] for element in card["body"] if element["type"] == "TextBlock"] == [wide.title]


def test_a_card_that_would_be_too_large_loses_quotes_from_the_end(monkeypatch):
    monkeypatch.setattr(teams, "MOST_BYTES", 3000)
    said = texts(json.loads(teams.body(told(comments=[f"{number} " + "a" * 100 for number in range(10)]))))
    assert any("Mycket missnöjd" in text for text in said)
    assert any(text.startswith("“0 a") for text in said)
    assert not any(text.startswith("“9 a") for text in said)


def test_texts_are_cut_as_receivers_count():
    assert shorten("a  b\n\tc", 10) == "a b c"
    assert shorten("😀" * 10, 7) == "😀😀😀…"


def test_a_digest_names_each_customers_newest_and_the_lowest_first():
    changes = [
        change(id="1", customer_id="A", score=0.0, answered_at="2026-11-20T10:00:00Z"),
        change(id="2", customer_id="B", score=25.0, band="dissatisfied"),
        change(id="3", customer_id="A", score=100.0, band="very_satisfied", kind="recovered"),
        *(change(id=f"n{n}", customer_id=f"N{n}", score=10.0 + n) for n in range(9)),
    ]
    names = [fact.label for fact in SPEECH["sv"].digest("d", changes).facts]
    assert names[:2] == ["En kund har blivit missnöjd", "En kund är inte längre missnöjd"]
    assert names[2:] == [*(f"N{n}" for n in range(9)), "B"]
    assert SPEECH["sv"].digest("d", changes).tail == "och 2 till"
    assert SPEECH["sv"].digest("d", changes[:2]).tail is None


def test_the_webhook_gives_the_change_as_the_feed_does():
    body = json.loads(webhook.change_body(change(), lambda _change: "https://crm.example/P-77"))
    assert body == {
        "type": "satisfaction.crossed_below",
        "timestamp": "2026-11-23T10:01:00Z",
        "data": {**change(), "contact_url": "https://crm.example/P-77"},
    }
    assert "contact_url" not in json.loads(webhook.change_body(change(), lambda _change: None))["data"]


def test_the_webhooks_digest_leaves_nothing_out():
    changes = [change(id=str(number), customer_id=f"C-{number}") for number in range(3000)]
    body = json.loads(webhook.digest_body(changes, "cursor", NOW))
    assert body["type"] == "satisfaction.digest"
    assert body["data"]["ids"] == [str(number) for number in range(3000)]
    assert (body["data"]["count"], body["data"]["kinds"], body["data"]["cursor"]) == (
        3000, {"crossed_below": 3000}, "cursor",
    )  # fmt: skip
    assert len(body["data"]["lowest"]) == 10


def test_while_a_secret_is_changed_both_verify():
    old, new = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUJD" * 8
    now = datetime.now(UTC)
    headers = {"webhook-id": "1", **webhook.signature([new, old], "1", now, b'{"a":1}')}
    for secret in (old, new):
        assert Webhook(secret).verify('{"a":1}', headers) == {"a": 1}
