"""Tolerant readers: each form in which Netigate may write a number, reference, text or date; and their field."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields

from service.survey.long_text import SURELY_SHORT, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST = 2**63 - 1
_LARGEST_EXACT_FLOAT = 2.0**53
_MOST_DIGITS = 20
_LONGEST_DATE = 64  # characters
_TICKS = re.compile(r"\\?/Date\((-?[0-9]{1,16})(?:[+-][0-9]{4})?\)\\?/")  # .NET's older way
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,300}>")


class ShapeError(ValueError):
    """Not what the documentation says, beyond what tolerance covers. Says nothing of the value: it may be personal."""


def whole(value: object) -> int:
    """Read a whole number, also as a float without fraction or as a numeric string. Raises ShapeError."""
    number: int | None = None
    if type(value) is int:
        number = value
    elif isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT_FLOAT:
        number = int(value)
    elif isinstance(value, str) and len(value) <= _MOST_DIGITS and value.isascii():
        digits = value.strip()
        if digits.removeprefix("-").isdigit():
            number = int(digits)
    if number is None or not -LARGEST <= number <= LARGEST:
        raise ShapeError("whole number")
    return number


def maybe_whole(value: object) -> int | None:
    """Read a whole number or nothing; an empty string is nothing."""
    return None if value is None or value == "" else whole(value)


def reference(value: object, id_name: str) -> int:
    """Read an id: bare, inside its object, or either of these in an array of one; 0 for none."""
    if isinstance(value, list):
        if len(value) > 1:
            raise ShapeError("reference")
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get(id_name, value.get("Id"))
        if value is None:
            raise ShapeError("reference")
    return maybe_whole(value) or 0


def text(value: object) -> str:
    """Read a text, cut where it is too long; null is empty.

    A whole number is read as its digits. A float raises ShapeError, since it may have lost digits.
    """
    if type(value) is str:
        return value if len(value) <= SURELY_SHORT else cut(value)
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    raise ShapeError("text")


def moment(value: object) -> datetime | None:
    """Read a date as UTC, aware, with or without zone and fraction, or as `/Date(ms)/`.

    Null, empty and .NET's year 1 are none.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_DATE:
        raise ShapeError("date")
    try:
        ticks = _TICKS.fullmatch(value.strip())
        # The offset after the milliseconds is the server's zone; the milliseconds count in UTC regardless.
        parsed = _EPOCH + timedelta(milliseconds=int(ticks[1])) if ticks else datetime.fromisoformat(value.strip())
        if parsed.year == 1:
            return None
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ShapeError("date") from None


def authored(value: object) -> str:
    """Read a text that the survey's author wrote in a rich text editor: without markup, entities as characters."""
    written = text(value)
    if "<" in written:
        written = _TAG.sub(" ", written)
    if "&" in written:
        written = html.unescape(written)
    return " ".join(written.split())


def entries(value: object) -> list[Any]:
    """Read a list, or an object for a list of one; null, `[]` and `[null]` are empty, a null among others stays."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise ShapeError("list")
    return [] if all(entry is None for entry in value) else value


def single(value: object) -> object:
    """Take out what stands alone in an array of one; anything else is left as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


class Tolerant(fields.Field[Any]):
    """A field read by one of the functions above, null included."""

    def __init__(
        self, data_key: str, read: Callable[[Any], Any], *, required: bool = True, lenient: bool = False
    ) -> None:
        """Declare one key. `required` asks for the key, not a value; `lenient`: what cannot be read is none."""
        if required:
            super().__init__(data_key=data_key, allow_none=True, required=True)
        else:
            super().__init__(data_key=data_key, allow_none=True, load_default=lambda: read(None))
        self._read = read
        self._lenient = lenient

    def deserialize(
        self,
        value: Any,  # noqa: ANN401  (JSON)
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401  (marshmallow's)
    ) -> Any:  # noqa: ANN401
        # Marshmallow would return null without reading it.
        return super().deserialize(value, attr, data, **kwargs) if value is not None else self._read(None)

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401
        attr: str | None,  # noqa: ARG002
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> Any:  # noqa: ANN401
        try:
            return self._read(value)
        except ShapeError as error:
            if self._lenient:
                return self._read(None)
            raise ValidationError(str(error)) from None
