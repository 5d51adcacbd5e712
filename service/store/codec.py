"""What the values in Redis look like, pure: JSON lists in an envelope (`wholeness.envelope`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import orjson

from service.store.wholeness.envelope import pack, read_sealed, reading, seal, unpack
from service.survey.model import Answer, AnswerSet, Band, Direction, Kind, Method, Reason
from service.survey.results import Result, Row, ScoreBasis, ScoredAnswer, millis, newest_scored

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.survey.identity import Ids

LARGEST_EXACT: Final = 2**53  # up to here a double holds every whole number exactly
_PUZZLED: Final = "?"  # in a digest, before the version of a question tree that did not explain every answer


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else millis(moment)


def _moment(millis: int | None) -> datetime | None:
    return None if millis is None else datetime.fromtimestamp(millis / 1000, tz=UTC)


def _of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    # dataclasses.astuple deep-copies each value, which takes half of the time of filing.
    return attrgetter(*(field.name for field in fields(kind)))


_GETTERS: Final = {kind: _of(kind) for kind in (ScoredAnswer, ScoreBasis, Answer)}


def _values(value: ScoredAnswer | ScoreBasis | Answer) -> tuple[Any, ...]:
    """A value's fields in their order."""
    return _GETTERS[type(value)](value)


def encode_result(result: Result, raw: AnswerSet) -> bytes:
    """A result with the wording and weights it was made from, so that it can be scored anew."""
    answers = [_values(answer) for answer in result.answers]
    basis = _values(result.basis) if result.basis else None
    rows = [_values(answer) for answer in raw.answers]
    return pack(
        orjson.dumps([
            result.answer_set_id, result.survey_id, result.survey_name, result.respondent_id,
            result.customer_id, result.contact_id, _millis(result.answered_at), _millis(result.updated_at),
            result.score, result.band, basis, answers, rows, result.contact_name,
        ])
    )  # fmt: skip


def _optional(kind: Any, value: Any) -> Any:  # noqa: ANN401  (an enum or None)
    return None if value is None else kind(value)


def _answer(values: list[Any]) -> ScoredAnswer:
    item, question, text, kind, score, band, nps, language, points, direction, method, reason, comment, *step = values
    return ScoredAnswer(
        item, question, text, _optional(Kind, kind), score, _optional(Band, band), nps, language, points,
        _optional(Direction, direction), _optional(Method, method), _optional(Reason, reason), comment, *step,
    )  # fmt: skip


@reading
def decode_result(packed: bytes) -> tuple[Result, AnswerSet]:
    """The result and the answer set it was made from, as it was kept (`Codebook.asked`)."""
    (
        answer_set_id, survey_id, survey_name, respondent_id, customer_id, contact_id, answered, updated,
        score, band, basis, answers, rows, *name,
    ) = orjson.loads(unpack(packed))  # fmt: skip
    answered_at, updated_at = _moment(answered), _moment(updated)
    if answered_at is None or updated_at is None:
        raise ValueError("a stored result without its times")
    result = Result(
        answer_set_id, survey_id, survey_name, respondent_id, customer_id, contact_id, answered_at, updated_at,
        tuple(_answer(values) for values in answers), score, _optional(Band, band),
        ScoreBasis(Kind(basis[0]), basis[1]) if basis else None, *name,
    )  # fmt: skip
    raw = AnswerSet(
        answer_set_id, survey_id, respondent_id, None, answered_at, updated_at,
        tuple(Answer(*values) for values in rows),
    )  # fmt: skip
    return result, raw


def row_values(row: Row) -> list[Any]:
    return [
        row.answered,
        row.survey_id,
        row.answer_set_id,
        row.respondent_id,
        row.kind,
        row.score,
        row.band,
        row.updated,
    ]


def index_values(row: Row) -> list[Any]:
    """A row as a customer's own index holds it: with the contact, which nothing else needs.

    The script that pages through it reads JSON numbers as doubles, so ids beyond LARGEST_EXACT are written as text.
    """
    answered, *ids = row_values(row)
    ids[:2] = [found if found <= LARGEST_EXACT else str(found) for found in ids[:2]]
    return [answered, *ids, row.contact_id, row.contact_name]


@reading
def row_of(values: list[Any]) -> Row:
    answered, survey, answer_set, respondent, kind, score, band, updated, *contact = values
    kind, band = _optional(Kind, kind), _optional(Band, band)
    return Row(answered, int(survey), int(answer_set), respondent, kind, score, band, updated, *contact)


def encode_rows(rows: list[Row], mark: str = "") -> bytes:
    """A customer's state: its rows, newest first, then its summary's mark. Empty bytes for no rows."""
    values: list[Any] = [row_values(row) for row in sorted(rows, reverse=True)]
    return seal(orjson.dumps([*values, mark] if mark else values)) if rows else b""


def decode_rows(value: bytes | None) -> list[Row]:
    """Raises DamagedValueError."""
    return _decode_state(value)[0]


def decode_mark(value: bytes | None) -> str:
    """The mark of the summary with which a state was committed; empty where there is none. Raises DamagedValueError."""
    return _decode_state(value)[1]


@reading
def _decode_state(value: bytes | None) -> tuple[list[Row], str]:
    found = read_sealed(value) if value else []
    mark = found.pop() if found and isinstance(found[-1], str) else ""
    return [row_of(values) for values in found], mark


@dataclass(frozen=True, slots=True)
class Revision:
    """What was last filed of an answer set. `partition` is None for one that is known but may not be served."""

    digest: str
    updated: int | None  # Unix milliseconds
    completed: int | None
    respondent_id: int
    partition: str | None
    customer_id: str | None

    def encode(self) -> bytes:
        values = (self.digest, self.updated, self.completed, self.respondent_id, self.partition, self.customer_id)
        return seal(orjson.dumps(values))

    def matches(self, listed: AnswerSet, *, named: bool = True) -> bool:
        """Whether a set listed without answers is still as it was filed. `named`: the list names respondents.

        Respondents are compared as well, since a Partial Delete removes the respondent and leaves the dates.
        """
        if named and self.respondent_id != listed.respondent_id:
            return False
        mine, theirs = (self.updated, self.completed), (_millis(listed.updated), _millis(listed.completed))
        # To the second: two routes may write the same moment with and without a fraction.
        return [m and m // 1000 for m in mine] == [m and m // 1000 for m in theirs]

    def puzzles(self, version: str) -> bool:
        """Whether it was filed by another question tree than this one, and that tree did not explain every answer."""
        _, mark, puzzled = self.digest.partition(_PUZZLED)
        return bool(mark) and puzzled != version

    @classmethod
    def decode(cls, value: bytes | None) -> Revision | None:
        """Raises DamagedValueError."""
        return _revision(value) if value else None


@reading
def _revision(value: bytes) -> Revision:
    return Revision(*read_sealed(value))


def revision_of(answer_set: AnswerSet, ids: Ids, partition: str | None, *, puzzled: str = "") -> Revision:
    """The revision of an answer set. Its digest covers everything that can change what is served.

    puzzled: the version of the question tree, where that does not explain every answer. Another tree then makes another
    revision, so that the set is filed again.
    """
    content = orjson.dumps([
        answer_set.respondent_id, _millis(answer_set.completed), _millis(answer_set.updated),
        ids.customer_id, ids.contact_id,
        [[a.question_item_id, a.question_text, a.text, str(a.weight)] for a in answer_set.answers],
        *([ids.contact_name] if ids.contact_name is not None else []),
    ])  # fmt: skip
    return Revision(
        digest=hashlib.blake2b(content, digest_size=9).hexdigest() + (_PUZZLED + puzzled if puzzled else ""),
        updated=_millis(answer_set.updated),
        completed=_millis(answer_set.completed),
        respondent_id=answer_set.respondent_id,
        partition=partition,
        customer_id=ids.customer_id if partition else None,
    )


# Sorts customers worst band first, then by score, then longest silent: 3 bits of band, 17 of score in
# thousandths, 27 of minutes since 2000 fit a double's 53 exactly.
_RANK = {band: rank for rank, band in enumerate(Band)}
UNSCORED_RANK = len(_RANK)
_MINUTES = 1 << 27
_SCORES = 1 << 17
_EPOCH_MINUTES = 946_684_800 // 60


def minute_of(unix_seconds: int) -> int:
    return min(max(unix_seconds // 60 - _EPOCH_MINUTES, 0), _MINUTES - 1)


def standing(band: Band | None, score: float | None, last_answered: int) -> int:
    """A customer's place in the standing order. `last_answered` in Unix seconds."""
    rank = UNSCORED_RANK if band is None else _RANK[band]
    return (rank * _SCORES + round((score or 0.0) * 1000)) * _MINUTES + minute_of(last_answered)


def standing_range(band: Band | None) -> tuple[int, int]:
    """First and last place of a band (None: of customers without a score)."""
    rank = UNSCORED_RANK if band is None else _RANK[band]
    return rank * _SCORES * _MINUTES, (rank + 1) * _SCORES * _MINUTES - 1


def place(rows: list[Row]) -> int:
    """Where a customer with these rows stands: by its newest scored result, and when it last answered."""
    newest = newest_scored(rows)
    last = max((row.answered for row in rows), default=0)
    return standing(newest.band if newest else None, newest.score if newest else None, last)
