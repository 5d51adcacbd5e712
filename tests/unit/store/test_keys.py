from __future__ import annotations

import re

import pytest

from service.store.key_families import FAMILIES
from service.store.keys import Keys, account_name, partition_of, set_key
from tests.support.damage import SAMPLES

KEYS = Keys("acc")


def tag(key: str) -> str:
    """What a Cluster hashes: between the first { and the first } after it."""
    found = re.search(r"\{([^}]+)\}", key)
    assert found
    return found[1]


CONTROL = [
    KEYS.revisions(4711),
    KEYS.survey(4711),
    KEYS.intents(4712),
    KEYS.lease(4711),
    KEYS.swept,
    KEYS.states,
    KEYS.standing,
    KEYS.feed,
    KEYS.feed_index,
    KEYS.pending,
    KEYS.tombs,
    KEYS.kept_out,
    KEYS.fence,
    KEYS.trimmed,
    KEYS.known,
    KEYS.let_in,
    KEYS.told,
    KEYS.listed,
    KEYS.epoch,
]


def test_control_keys_share_one_tag_and_are_all_different():
    assert {tag(key) for key in CONTROL} == {"acc"}
    assert len(set(CONTROL)) == len(CONTROL)


@pytest.mark.parametrize("customer", ["C-1", "{acc}", "}{", "Müller & Söhne GmbH/7", "a\nb", "c" * 200])
def test_a_home_has_a_tag_of_its_own_and_does_not_tell_the_customer(customer):
    partition = partition_of(customer, 501)
    assert tag(KEYS.partition(partition)) == partition
    assert re.fullmatch(r"c[\w-]{22}", partition)
    assert partition == partition_of(customer, 502)


def test_homes_differ():
    found = [partition_of("C-1", 501), partition_of("c-1", 501), partition_of(None, 501), partition_of(None, 502)]
    assert len(set(found)) == len(found)
    assert partition_of(None, 501) == "r501"
    assert KEYS.partition("r501") != KEYS.respondent(501) != KEYS.partition("i501x")


def test_an_account_is_a_server_and_a_key():
    name = account_name("https://a/api/v1.2", "key")
    assert name == account_name("https://A/api/v1.2/", "key")
    assert len({name, account_name("https://b/api/v1.2", "key"), account_name("https://a/api/v1.2", "other")}) == 3
    assert "key" not in name


def test_the_name_of_a_set():
    assert set_key(4711, 9001) == "4711/9001"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_key_is_known_by_its_family(family):
    part = SAMPLES.get(family.name, "4711") if "{}" in family.shape or "{{{}}}" in family.shape else ""
    assert KEYS.family(KEYS.of(family, part)) == (family, part)


def test_other_keys_are_of_none():
    assert KEYS.family("nr:{acc}:what") is KEYS.family("nr:{other}:swept") is KEYS.family("nr:check:00ff") is None
    with pytest.raises(KeyError):
        KEYS.control("what")
