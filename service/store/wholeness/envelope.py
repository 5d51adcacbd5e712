"""The envelope of every value, pure: it says its format and carries a checksum, so that damage is noticed.

Large values (bodies, summaries, catalogues) are *packed*: a version byte, a CRC-32, JSON compressed with a dictionary
of our own phrases. Small ones are *sealed*: a version character, a CRC-32 in hexadecimal, plain JSON; so they are text,
which a script's JSON may hold. What was written before there were checksums is read as well.
"""

from __future__ import annotations

import zlib
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import orjson

from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

# Part of the stored format: a changed dictionary needs a new version byte beside this one, never instead.
_VERSION = b"\x02"
_WITHOUT_SUM = b"\x01"  # as written before there were checksums
_SEALED = b"2"
_PLAIN_BEFORE = (b"[", b"{")
_SUM, _SUM_TEXT = 4, 8  # length of a checksum, as bytes and as text
LARGEST: Final = 32 * 2**20  # bytes that a value may unpack to
_DICTIONARY = (
    b'"freshness":{"state":"fresh","as_of":"age_seconds":"refresh_after_seconds":promoterpassivedetractor'
    b'"unmapped","ambiguous","not_a_scale","no_opinion","free_text","comment":true'
    b'RADIOBUTTON","CHECKBOX","DROPDOWN","TEXT_FIELD","MATRIX","WEIGHTED_RADIOBUTTON",'
    b'"very_dissatisfied","dissatisfied","neutral","satisfied","very_satisfied","likelihood","agreement",'
    b'"quality","effort","yes_no","nps":"promoter","nps":"detractor","kind":"nps","swe","deu","eng","sv","de","en",'
    b'"kind":"satisfaction","answer":"Hur n\xc3\xb6jd \xc3\xa4r du med","Mycket n\xc3\xb6jd","Missn\xc3\xb6jd",'
    b'"How satisfied are you with","Wie zufrieden sind Sie mit","null,null,null,null,null,null,null,false],['
    b'"method":"weight","method":"number","method":"wording","language":"de","reason":null},{"question_item_id":'
    b'"method":"wording","language":"sv","reason":null},{"question_item_id":31,"question":"'
    b'"scale":null,"method":null,"language":null,"reason":"free_text"'
    b'"scale":{"points":5,"direction":"descending"},"scale":{"points":11,"direction":"ascending"},"method":'
    b'","score":100.0,"band":"very_satisfied","score":75.0,"band":"satisfied","score":50.0,"band":"neutral",'
    b'"answered_at":"2026-01-01T00:00:00Z","score":null,"survey_id":{"answered_at":"2026-'
    b'T00:00:00Z","score":0.0,"survey_id":47},{"answered_at":"'
    b'{"customer_id":"C-1","score":25.0,"band":"dissatisfied","trend":{"previous":75.0,"change":-75.0},"trend":null,'
    b'"answered":1,"last_answered_at":"2026-11-22T08:10:00Z","low_respondents":1,"latest":{"answer_set_id":9001,'
    b'"survey":{"id":4711,"name":"Kundn\xc3\xb6jdhet"},"respondent_id":501,"contact_id":"P-77","answered_at":"2026-'
    b'"updated_at":"2026-11-22T08:10:00Z","score":0.0,"band":"very_dissatisfied",'
    b'"score_basis":{"kind":"satisfaction","items":1},"answers":[{"question_item_id":"question":"'
    b'"history":[{"answered_at":"'
)


def pack(plain: bytes) -> bytes:
    packer = zlib.compressobj(level=6, wbits=-15, zdict=_DICTIONARY)
    packed = packer.compress(plain) + packer.flush()
    return _VERSION + zlib.crc32(packed).to_bytes(_SUM) + packed


def reading(decode: Callable[P, T]) -> Callable[P, T]:
    """Make every error of decoding a stored value a DamagedValueError."""

    @wraps(decode)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return decode(*args, **kwargs)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, zlib.error):
            raise DamagedValueError("value") from None

    return checked


def readable(decode: Callable[[Any], T], stored: Any) -> T | None:  # noqa: ANN401  (whatever is stored)
    """The value decoded; None for one that is absent or cannot be read."""
    try:
        return decode(stored) if stored else None
    except DamagedValueError:
        return None


@reading
def unpack(packed: bytes) -> bytes:
    """Raises DamagedValueError where the value is cut short, foreign or of another version."""
    unpacker = zlib.decompressobj(wbits=-15, zdict=_DICTIONARY)
    plain = unpacker.decompress(_payload(packed), LARGEST)
    if not unpacker.eof or unpacker.unused_data:
        raise DamagedValueError("value")
    return plain


def is_whole(packed: bytes) -> bool:
    """Whether a packed value is as it was written; not unpacked where it has a checksum."""
    try:
        _payload(packed) if packed[:1] == _VERSION else unpack(packed)
    except DamagedValueError:
        return False
    return True


def _payload(packed: bytes) -> bytes:
    if packed[:1] == _WITHOUT_SUM:
        return packed[1:]
    payload = packed[1 + _SUM :]
    if packed[:1] != _VERSION or zlib.crc32(payload).to_bytes(_SUM) != packed[1 : 1 + _SUM]:
        raise DamagedValueError("value")
    return payload


def seal(plain: bytes) -> bytes:
    """JSON after its version and checksum; empty for empty."""
    return _SEALED + b"%08x" % zlib.crc32(plain) + plain if plain else b""


def unseal(sealed: bytes) -> bytes:
    """Raises DamagedValueError where the value is cut short, foreign or of another version."""
    if sealed[:1] in _PLAIN_BEFORE:
        return sealed
    plain = sealed[1 + _SUM_TEXT :]
    if sealed[:1] != _SEALED or b"%08x" % zlib.crc32(plain) != sealed[1 : 1 + _SUM_TEXT]:
        raise DamagedValueError("value")
    return plain


def is_sealed(sealed: bytes) -> bool:
    """Whether a sealed value is as it was written."""
    try:
        return bool(read_sealed(sealed))
    except DamagedValueError:
        return False


@reading
def read_sealed(sealed: bytes) -> Any:  # noqa: ANN401  (whatever was sealed)
    return orjson.loads(unseal(sealed))
