"""What is remembered of a survey, and how that is written."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from service.store.wholeness.envelope import pack, read_sealed, reading, seal, unpack
from service.survey.doubt import Suspicion
from service.survey.errors import DamagedValueError
from service.survey.model import Alternative, QuestionItem, Survey
from service.survey.questions.codebook import Former

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_EPOCH: Final = 32


@dataclass(frozen=True, slots=True)
class SurveyState:
    """One survey's sweep as remembered. Moments are Unix milliseconds; None where there was none yet."""

    watermark: int | None = None  # the highest Updated seen; moves only after a last page
    begun: int | None = None  # start of the first sweep
    filled: int | None = None  # end of the first sweep
    page: int = 0  # the last page that an unfinished first sweep has filed
    pages: int = 0  # and how many there were
    seen: int | None = None  # the highest Updated on those pages
    ruleset: str | None = None  # the rules by which everything stored was scored
    identity: str | None = None  # the items that the IDs were taken from
    label: str | None = None  # the customer label, as the operator wrote it, that named those items
    doubted: str | None = None  # other items that the label names now; not believed yet
    doubted_at: int | None = None
    settled: bool = False  # whether the changes of the first sweep have been told
    reconciled: int | None = None  # start of the last reconcile that was believed
    alarm: str | None = None  # why the last reconcile was not believed
    compared: bool = False  # whether what the first sweep brought was compared with Netigate's list
    filter_wrong: int | None = None  # when `updated=` was last seen not to bring what it should
    held: str | None = None  # why Netigate refuses this survey alone
    absent_since: int | None = None  # since when it answers 404 and is not among the account's surveys
    reread_page: int = 0  # the last page that the rolling re-read has read
    reread_pages: int = 0  # and how many there were
    reread_at: int | None = None  # when that was
    reread_all: bool = False  # the question tree has changed: every page is read again, as fast as the budget allows
    unreadable: int = 0  # answer sets now set aside
    nameless: int = 0  # those of them whose entry in the last list could not be read, not even its id
    reread_nameless: int = 0  # and those that the rolling re-read has met so on its pages, in this round
    unmapped: int = 0  # alternatives that the scoring does not understand

    @property
    def is_nobodys(self) -> bool:
        """Whether no item carries the customer's ID (`Codebook.identity` names those first)."""
        return self.identity is not None and self.identity.startswith("[]")

    @property
    def last_compared(self) -> int | None:
        """When what is stored was last known to agree with Netigate's list."""
        return max(self.reconciled or 0, self.filled or 0) or None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A survey's question tree and the names of background labels, as last read from Netigate."""

    survey: Survey
    labels: Mapping[int, str]
    read_at: int = 0  # Unix milliseconds
    former: tuple[Former, ...] = ()  # items as they were in earlier trees, newest first
    doubt: Suspicion | None = None  # a later tree that is not believed yet


@dataclass(frozen=True, slots=True)
class TreeMark:
    """What is often asked of a catalogue, kept beside it, so that its tree need not be read for it."""

    name: str  # differs where the tree, the labels or former editions differ
    doubt: str | None  # why a later tree is not believed yet


def tree_mark(catalogue: Catalogue) -> bytes:
    """The mark of a catalogue, as stored."""
    bare = encode_catalogue(replace(catalogue, read_at=0, doubt=None))
    name = hashlib.blake2b(bare, digest_size=8).hexdigest()
    return seal(orjson.dumps([name, catalogue.doubt.reason if catalogue.doubt else None]))


def pack_numbered(found: Mapping[int, str]) -> bytes:
    return pack(orjson.dumps({str(number): text for number, text in found.items()}))


def encode_catalogue(catalogue: Catalogue) -> bytes:
    survey = asdict(catalogue.survey)
    return orjson.dumps(
        {
            "survey": survey,
            "labels": {str(key): name for key, name in catalogue.labels.items()},
            "read_at": catalogue.read_at,
            "former": [{"item": asdict(one.item), "until": one.until} for one in catalogue.former],
            "doubt": asdict(catalogue.doubt) if catalogue.doubt else None,
        }
    )


def _item(found: dict[str, Any]) -> QuestionItem:
    return QuestionItem(
        **{
            **found,
            "alternatives": tuple(Alternative(**alternative) for alternative in found["alternatives"]),
            "statements": tuple(found["statements"]),
        }
    )


_STATE: Final = {field.name: str(field.type) for field in fields(SurveyState)}


@reading
def decode_state(value: bytes) -> SurveyState:
    """Fields of a later version are ignored. Raises DamagedValueError."""
    known = {name: found for name, found in read_sealed(value).items() if name in _STATE}
    if any(type(found).__name__ not in _STATE[name].replace("None", "NoneType") for name, found in known.items()):
        raise DamagedValueError("value")
    return SurveyState(**known)


@reading
def decode_tree_mark(value: bytes) -> TreeMark:
    """Raises DamagedValueError."""
    name, doubt = read_sealed(value)
    return TreeMark(str(name), None if doubt is None else str(doubt))


@reading
def decode_numbered(packed: bytes) -> dict[int, str]:
    """Answer sets, each with what it is listed with. Raises DamagedValueError."""
    return {int(number): str(text) for number, text in orjson.loads(unpack(packed)).items()}


@reading
def decode_epoch(value: bytes) -> str:
    """Raises DamagedValueError."""
    name = value.decode()
    if not (name.isalnum() and len(name) <= LONGEST_EPOCH):
        raise DamagedValueError("value")
    return name


@reading
def decode_catalogue(packed: bytes) -> Catalogue:
    """Raises DamagedValueError."""
    found = orjson.loads(unpack(packed))
    survey = found["survey"]
    items = tuple(_item(item) for item in survey["items"])
    former = tuple(Former(_item(one["item"]), one["until"]) for one in found.get("former", ()))
    doubt = found.get("doubt")
    return Catalogue(
        # When a survey was created is not used, so it is not read back.
        Survey(**{**survey, "created": None, "items": items}),
        {int(key): name for key, name in found["labels"].items()},
        found.get("read_at", 0),
        former,
        Suspicion(**doubt) if doubt else None,
    )
