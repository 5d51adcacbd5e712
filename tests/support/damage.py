"""Damage to what is stored, for every family of keys."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from service.store.key_families import FAMILIES, Family, Type
from service.store.keys import Keys, partition_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.connection.clients import Client

# What stands for the part of a key where a family has none stored.
SAMPLES = {
    "partition": partition_of("C-1", 501), "rate_limit": "crm", "feed_rewritten": "ab12", "pointers": "501",
    "alerts": "slack", "alerts_parked": "slack", "alerts_lease": "slack",
}  # fmt: skip
HUGE = 2**20 + 5


def _altered(alter: Callable[[bytes], bytes]) -> Callable[[Client, str, Type], None]:
    """Every value, or member, of a key is altered; its type stays."""

    def damage(client: Any, key: str, sort: Type) -> None:
        if sort is Type.STRING:
            lifetime = client.pttl(key)
            client.set(key, alter(client.get(key) or b"0"), px=lifetime if lifetime > 0 else None)
        elif sort is Type.HASH:
            fields = client.hgetall(key) or {b"4711": b"0", b"4711/1": b"0", b"x": b"0"}
            client.hset(key, mapping={name: alter(value) for name, value in fields.items()})
        elif sort is Type.ZSET:
            members = client.zrange(key, 0, -1, withscores=True) or [(b"4711/1", 1.0)]
            _instead(client, key, lambda pipe: pipe.zadd(key, {alter(member): score for member, score in members}))
        elif sort is Type.SET:
            members = client.smembers(key) or {b"4711"}
            _instead(client, key, lambda pipe: pipe.sadd(key, *[alter(member) for member in members]))
        else:
            entries = client.xrange(key) or [(b"1-1", {b"e": b"{}"})]

            def written(pipe: Any) -> None:
                for identifier, fields in entries:
                    pipe.xadd(key, {b"e": alter(fields[b"e"])}, id=identifier)

            _instead(client, key, written)

    return damage


def _instead(client: Any, key: str, write: Callable[[Any], object]) -> None:
    """Write a key anew in one transaction: a service that runs meanwhile may write it, too."""
    with client.pipeline(transaction=True) as pipe:
        pipe.delete(key)
        write(pipe)
        pipe.execute()


def _other_type(client: Any, key: str, sort: Type) -> None:
    if sort is Type.HASH:
        _instead(client, key, lambda pipe: pipe.rpush(key, "foreign", "list"))
    else:
        _instead(client, key, lambda pipe: pipe.hset(key, "foreign", "hash"))


def _never_ends(client: Any, key: str, _sort: Type) -> None:
    client.persist(key)


DAMAGES: dict[str, Callable[[Any, str, Type], None]] = {
    "another type": _other_type,
    "cut short": _altered(lambda value: value[: len(value) * 2 // 3]),
    "empty": _altered(lambda _: b""),
    "another version": _altered(lambda value: b"\x7f" + value[1:]),
    "older, cut short": _altered(lambda value: b"\x01" + value[5:-3]),
    "one bit": _altered(lambda value: value[:-1] + bytes([value[-1] ^ 1]) if value else b"\x01"),
    "foreign bytes": _altered(lambda _: b"\xff\xfe\x00 foreign"),
    "foreign JSON": _altered(lambda _: b'{"rows": 7}'),
    "foreign list": _altered(lambda _: b'[["a", {}]]'),
    "foreign number": _altered(lambda _: b"9" * 30),
    "huge": _altered(lambda _: secrets.token_bytes(HUGE)),
    "without an end": _never_ends,
}


def keys_of(client: Any, keys: Keys, family: Family) -> list[str]:
    """The family's keys that are stored, or one that might be."""
    stored = [key.decode() for pattern in keys.patterns for key in client.scan_iter(match=pattern)]
    found = [key for key in stored if (known := keys.family(key)) and known[0] is family]
    return found or [keys.of(family, SAMPLES.get(family.name, "4711"))]


def damage(client: Any, keys: Keys, family: Family, how: str) -> None:
    """Damage every key of a family."""
    for key in keys_of(client, keys, family):
        DAMAGES[how](client, key, family.type)


# What results, changes and ages rest on is damaged in every way, the rest in these.
VITAL = frozenset({"revisions", "survey", "swept", "states", "standing", "feed", "feed_index", "partition", "epoch"})
MAIN = frozenset({"another type", "cut short", "another version", "foreign bytes", "empty", "without an end"})
CASES = [
    (family, how)
    for family in FAMILIES
    for how in DAMAGES
    if (how in MAIN or family.name in VITAL) and (how != "without an end" or not family.lasting)
]
