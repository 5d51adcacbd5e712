"""For each family of keys, a check that raises DamagedValueError where a value is damaged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from service.store.alerts.delivery_states import decode_delivery_state, decode_parked
from service.store.codec import Revision, decode_result, decode_rows
from service.store.counters import decode_count
from service.store.feeds.feed import decode_stream_id
from service.store.feeds.feed_redaction import decode_change
from service.store.feeds.updates import BEYOND, decode_number
from service.store.filing.partitions import decode_index, decode_summary
from service.store.keys import is_partition, partition_of, split_set_key
from service.store.known_sets import decode_unmapped
from service.store.limits.fetch_leases import decode_fetched
from service.store.survey_state import (
    decode_catalogue,
    decode_epoch,
    decode_numbered,
    decode_state,
    decode_tree_mark,
)
from service.store.wholeness.envelope import reading
from service.store.wholeness.sweeps import Sweeps, decode_sweeps
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[bytes, bytes, str], object]

_TELLINGS = re.compile(rb"[0-9]+-[0-9]+(?:@[0-9a-f]+)?(?: [0-9]+-[0-9]+(?:@[0-9a-f]+)?)*")
_FIELDS: Final[dict[bytes, Callable[[bytes], object]]] = {
    b"state": decode_state,
    b"catalogue": decode_catalogue,
    b"tree": decode_tree_mark,
    b"missing": decode_numbered,
    b"aside": decode_numbered,
    b"unread": decode_numbered,
}


def is_damaged(family: str, name: bytes, value: bytes, part: str) -> bool:
    """Whether a value of a family's key cannot be read, or does not belong there; arguments as those of CHECKS."""
    try:
        CHECKS[family](name, value, part)
    except DamagedValueError:
        return True
    return False


def is_text(name: bytes) -> bool:
    """Whether a field's or a member's name can be read at all."""
    try:
        name.decode()
    except ValueError:
        return False
    return True


def _demand(*, holds: bool) -> None:
    if not holds:
        raise DamagedValueError("value")


def _revision(field: bytes, value: bytes, _part: str) -> None:
    int(field)
    found = Revision.decode(value)
    _demand(holds=found is not None and (found.partition is None or is_partition(found.partition)))


def _summary(value: bytes) -> None:
    orjson.loads(decode_summary(value)[1])


def _partition(field: bytes, value: bytes, part: str) -> None:
    if field in {b"s", b"S"}:
        _summary(value)
    elif field == b"x":
        customer = decode_index(value)[2]
        _demand(holds=customer is None or partition_of(customer, 0) == part)
    elif field.startswith(b"b:"):
        result, _ = decode_result(value)
        same = (result.survey_id, result.answer_set_id) == split_set_key(field[2:])
        # A body that names another customer is served to nobody.
        _demand(holds=same and partition_of(result.customer_id, result.respondent_id) == part)
    else:
        _demand(holds=field == b"n" and bool(value))


def _state(field: bytes, value: bytes, _part: str) -> None:
    field.decode()
    _demand(holds=bool(decode_rows(value)))


def _survey(field: bytes, value: bytes, _part: str) -> None:
    if field in _FIELDS:
        _FIELDS[field](value)


def _stored_partition(name: bytes) -> None:
    _demand(holds=is_partition(name.decode()))


def _intent(field: bytes, value: bytes, _part: str) -> None:
    int(field)
    if value:  # empty: the set gets no body
        _stored_partition(value)


def _pointer(field: bytes, value: bytes, _part: str) -> None:
    split_set_key(field)
    _stored_partition(value)


def _numbered(member: bytes, score: bytes, _part: str) -> None:
    member.decode()
    number = float(score)
    _demand(holds=number.is_integer() and 0 <= number < BEYOND)


def _feed_index(field: bytes, value: bytes, _part: str) -> None:
    split_set_key(field)
    _demand(holds=_TELLINGS.fullmatch(value) is not None)


# Arguments: field or member, value or score, what differs within the family. Of a stream's entry: its field `e`.
CHECKS: Final[dict[str, Check]] = {
    name: reading(check)
    for name, check in {
        "revisions": _revision,
        "survey": _survey,
        "intents": _intent,
        "swept": lambda field, value, _: _demand(holds=decode_sweeps({field: value}) != Sweeps()),
        "states": _state,
        "standing": lambda member, _score, _part: member.decode(),
        "feed": lambda _, value, _part: decode_change({b"e": value}),
        "feed_rewritten": lambda _, value, _part: decode_change({b"e": value}),
        "feed_index": _feed_index,
        "pending": lambda member, _score, _part: split_set_key(member),
        "tombs": lambda member, _score, _part: split_set_key(member),
        "kept_out": lambda field, value, _: _demand(holds=bool(field) and bool(value)),
        "let_in": lambda field, value, _: _demand(holds=bool(field) and bool(value)),
        "told": lambda member, _score, _part: member.decode(),
        "listed": lambda member, _score, _part: [int(survey) for survey in member.split(b",")],
        "fence": lambda _, value, _part: int(value),
        "trimmed": lambda _, value, _part: decode_stream_id(value),
        "updates": _numbered,
        "gone": _numbered,
        "gone_trimmed": lambda _, value, _part: decode_number(value),
        "known": lambda member, _score, _part: int(member),
        "unmapped": lambda field, value, _: decode_unmapped((field, value)),
        "trouble": lambda _, value, _part: _demand(holds=bool(value)),
        "epoch": lambda _, value, _part: decode_epoch(value),
        "alerts": lambda _, value, _part: decode_delivery_state(value),
        "alerts_parked": lambda _, value, _part: decode_parked(value),
        "alerts_lease": lambda _, value, _part: value.decode(),
        "counters": lambda field, value, _: decode_count((field, value)),
        "damaged": lambda member, _score, _part: int(member),
        "places": lambda member, _score, _part: member.decode(),
        "waiting": lambda member, _score, _part: member.decode(),
        "not_before": lambda _, value, _part: [int(moment) for moment in value.split()],
        "failures": lambda _, value, _part: int(value),
        "rate_limit": lambda _, value, _part: int(value),
        "lease": lambda _, value, _part: value.decode(),
        "probe": lambda _, value, _part: value.decode(),
        "fetch_lease": lambda _, value, _part: value.decode(),
        "fetched": lambda _, value, _part: decode_fetched(value),
        "partition": _partition,
        "pointers": _pointer,
    }.items()
}
