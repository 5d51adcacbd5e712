"""Options: each read strictly, all problems named at once, no value ever echoed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from service.options import settings
from service.options.option_table import OPTIONS
from service.options.settings import Settings, SettingsError, load
from service.web.api_keys import ApiKey

DIGEST = hashlib.sha256(b"secret").hexdigest()
NEEDED = {
    "NETIGATE_SURVEYS": "4711",
    "NETIGATE_CUSTOMER_LABEL": "CRM-ID",
    "API_KEYS": f"crm:{DIGEST}:results",
}


@pytest.fixture
def given(monkeypatch):
    """Sets just these variables, on top of the required ones."""
    for option in OPTIONS:
        monkeypatch.delenv(option.name, raising=False)
    monkeypatch.delenv(settings.DEMO_MARK, raising=False)

    def give(**variables):
        for name, value in {**NEEDED, **variables}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    give()
    return give


def refusal(**needed):
    with pytest.raises(SettingsError) as raised:
        load(**needed)
    return str(raised.value)


def test_defaults(given):
    found = load()
    assert (found.port, found.netigate_api_key, found.redis_url) == (8000, None, None)
    assert found.netigate_base_url == "https://www.netigate.se/api/v1.2"
    assert (found.sweep_interval_seconds, found.sweep_overlap_seconds, found.fresh_for_seconds) == (60, 120, 180)
    assert (found.web_concurrency, found.web_threads, found.data_dir) == (2, 8, Path("data"))
    assert found.api_keys == (ApiKey("crm", DIGEST, frozenset({"results"})),)
    assert found.demo is False


@pytest.mark.parametrize("key", ["bad\nkey", "Ключ", "  "])
def test_a_key_that_no_header_may_hold_is_refused_without_being_echoed(given, key):
    given(NETIGATE_API_KEY=key)
    said = refusal(needed=("NETIGATE_API_KEY",))
    assert "NETIGATE_API_KEY" in said
    assert not key.strip() or key not in said


@pytest.mark.parametrize("address", ["https://www.netigate.se", "https://www.netigate.se/"])
def test_an_address_of_netigate_without_its_path_is_refused(given, address):
    given(NETIGATE_BASE_URL=address)
    assert "NETIGATE_BASE_URL must be an http(s) address through /api/v1.2" in refusal()


def test_every_option_has_a_field_and_a_sentence():
    names = {field.name for field in fields(Settings)}
    for option in OPTIONS:
        assert option.name.lower() in names
        assert option.text
        assert not option.text.endswith(".")
    assert len({option.name for option in OPTIONS}) == len(OPTIONS)


@pytest.mark.parametrize("option", [o for o in OPTIONS if o.default is not None], ids=lambda o: o.name)
def test_a_default_written_out_means_the_same_as_none_given(option, given):
    unset = load()
    given(**{option.name: option.default})
    assert getattr(load(), option.name.lower()) == getattr(unset, option.name.lower())


def test_fresh_for_follows_the_interval(given):
    given(SWEEP_INTERVAL_SECONDS="10.5")
    assert load().fresh_for_seconds == 31.5
    given(SWEEP_INTERVAL_SECONDS="10", FRESH_FOR_SECONDS="12")
    assert load().fresh_for_seconds == 12


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("PORT", "0", 0),
        ("NETIGATE_SURVEYS", " 4711, 4712 ,4711,", (4711, 4712)),
        ("NETIGATE_BASE_URL", " https://www.ntgt.de/api/v1.2/ ", "https://www.ntgt.de/api/v1.2"),
        ("NETIGATE_BASE_URL", "http://127.0.0.1:8080/api/v1.2", "http://127.0.0.1:8080/api/v1.2"),
        ("NETIGATE_CUSTOMER_LABEL", " CRM-ID ", "CRM-ID"),
        ("NETIGATE_CONTACT_LABEL", "902", "902"),
        ("REDIS_URL", "unix:///run/valkey.sock", "unix:///run/valkey.sock"),
        ("REDIS_URL", "redis+cluster://a:1,b:2", "redis+cluster://a:1,b:2"),
        ("REDIS_URL", " rediss://u:p@h:6380/1", "rediss://u:p@h:6380/1"),
        ("SWEEP_OVERLAP_SECONDS", "0", 0),
        ("WEB_CONCURRENCY", "4", 4),
        ("PORT", " ", 8000),
        ("WIDGET_FRAME_ANCESTORS", "https://*.example.com", ("https://*.example.com",)),
        ("REDIS_URL", "", None),
    ],
)
def test_values_are_read(given, name, value, read):
    given(**{name: value})
    assert getattr(load(), name.lower()) == read


BAD = [
    ("PORT", "http"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "80.5"),
    ("NETIGATE_BASE_URL", "www.netigate.se"),
    ("NETIGATE_BASE_URL", "ftp://www.netigate.se/api"),
    ("NETIGATE_BASE_URL", "https://[netigate"),
    ("NETIGATE_BASE_URL", "https://netigate.se:many/api"),
    ("NETIGATE_BASE_URL", "https://netigate.se/api?key=hunter2"),
    ("NETIGATE_BASE_URL", "https://hunter2:x@netigate.se/api"),
    ("NETIGATE_SURVEYS", "4711;4712"),
    ("NETIGATE_SURVEYS", "all"),
    ("NETIGATE_SURVEYS", "0"),
    ("NETIGATE_SURVEYS", "-1"),
    ("NETIGATE_SURVEYS", ","),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "http://localhost"),
    ("REDIS_URL", "redis://[hunter2"),
    ("REDIS_URL", "redis://localhost:hunter2"),
    ("SWEEP_INTERVAL_SECONDS", "0"),
    ("SWEEP_INTERVAL_SECONDS", "nan"),
    ("SWEEP_INTERVAL_SECONDS", "inf"),
    ("SWEEP_OVERLAP_SECONDS", "-1"),
    ("FRESH_FOR_SECONDS", "soon"),
    ("API_KEYS", "crm:hunter2:results"),
    ("API_KEYS", f"crm:{DIGEST}:everything"),
    ("API_KEYS", f"crm:{DIGEST}"),
    ("API_KEYS", f"crm:{DIGEST}:results+"),
    ("API_KEYS", f"c rm:{DIGEST}:results"),
    ("API_KEYS", ","),
    ("WIDGET_ORIGINS", "https://*.hunter2.com"),
    ("WIDGET_ORIGINS", "https://crm.example.com/hunter2"),
    ("WIDGET_FRAME_ANCESTORS", "hunter2"),
    ("WEB_CONCURRENCY", "0"),
    ("WEB_THREADS", "many"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_by_name_and_not_echoed(given, name, value):
    given(**{name: value})
    message = refusal()
    assert re.findall(r"\b[A-Z]+_[A-Z_]+\b|\bPORT\b", message) == [name]
    assert "hunter2" not in message
    assert DIGEST not in message


def test_a_wildcard_that_would_match_no_page_says_what_to_write(given):
    given(WIDGET_ORIGINS="https://a.example.com, https://*.example.com")
    assert "WIDGET_ORIGINS entry 2 has a *: name each origin in full" in refusal()


def test_all_that_is_wrong_is_named_at_once(given):
    given(PORT="x", NETIGATE_SURVEYS=None, API_KEYS=" ", WEB_THREADS="0", REDIS_URL="no")
    message = refusal(needed=("NETIGATE_API_KEY",))
    for name in ("PORT", "NETIGATE_SURVEYS", "API_KEYS", "WEB_THREADS", "REDIS_URL", "NETIGATE_API_KEY"):
        assert message.count(name) == 1
    assert "\n" not in message


@pytest.mark.parametrize("name", [option.name for option in OPTIONS if option.required])
def test_required_options_are_missed_by_name(given, name):
    given(**{name: None})
    assert f"{name} is missing" in refusal()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[item]]\nsurvey = 1\nitm = 2\n", "SCORING_FILE line 3: unknown 'itm'"),
        (b"[wordings\n", "SCORING_FILE line 1: is not TOML"),
        (b"\xff", "SCORING_FILE cannot be read"),
    ],
)
def test_a_bad_scoring_file_stops_the_start_as_any_other_option(given, tmp_path, content, said):
    path = tmp_path / "scoring.toml"
    path.write_bytes(content)
    given(SCORING_FILE=str(path), PORT="x")
    message = refusal()
    assert said in message
    assert "PORT must" in message


def test_unknown_variables_are_no_error(given, monkeypatch):
    monkeypatch.setenv("NETIGATE_SOMETHING_ELSE", "x")
    assert load()


def test_a_bad_key_is_named_by_number(given):
    given(API_KEYS=f"one:{DIGEST}:results, two:nonsense:results")
    assert "entry 2" in refusal()


def test_keys_have_scopes(given):
    given(API_KEYS=f"a:{DIGEST.upper()}:results+comments, b.c-d:{DIGEST}:changes")
    assert load().api_keys == (
        ApiKey("a", DIGEST, frozenset({"results", "comments"})),
        ApiKey("b.c-d", DIGEST, frozenset({"changes"})),
    )


def test_the_demo_is_marked_for_its_processes_alone(given, monkeypatch):
    monkeypatch.setenv(settings.DEMO_MARK, "1")
    assert load().demo is True


def test_no_name_and_no_link_unless_asked_for(given):
    found = load()
    assert (found.netigate_contact_name_label, found.contact_url, found.old_after_days) == (None, None, 180)


def test_a_way_to_a_person_is_taken(given):
    given(CONTACT_URL=" superoffice:contact.main?person_id={contact_id} ", NETIGATE_CONTACT_NAME_LABEL="Namn")
    found = load()
    assert found.contact_url == "superoffice:contact.main?person_id={contact_id}"
    assert found.netigate_contact_name_label == "Namn"


@pytest.mark.parametrize(
    "address", ["javascript:x({contact_id})", "http://crm.example.com/{contact_id}", "https://x.example"]
)
def test_a_way_to_a_person_that_is_none_is_refused_without_being_echoed(given, address):
    given(CONTACT_URL=address)
    said = refusal()
    assert "CONTACT_URL must" in said
    assert address not in said
