"""What a sweep remembers of each survey, and who may sweep it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import orjson

from service.store.connection.clients import guard, script
from service.store.wholeness.envelope import pack, read_sealed, reading, seal, unpack
from service.store.wholeness.sweeps import BACKFILLING, HELD, Sweeps, decode_sweeps
from service.survey.codebook import Former
from service.survey.doubt import Suspicion
from service.survey.errors import DamagedValueError
from service.survey.model import Alternative, QuestionItem, Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance


REJECTED = "rejected"
LONGEST_LEASE = 120.0  # seconds; a lease that has longer to live was dated by a clock that was wrong
LONGEST_EPOCH: Final = 32


@dataclass(frozen=True, slots=True)
class SurveyState:
    """One survey's sweep as remembered. Moments are Unix milliseconds; None where there was none yet."""

    watermark: int | None = None  # the highest Updated seen, moved after a last page only
    begun: int | None = None  # start of the first sweep
    filled: int | None = None  # end of the first sweep
    page: int = 0  # the last page that an unfinished first sweep has filed
    pages: int = 0  # and how many there were
    seen: int | None = None  # the highest Updated on those pages
    ruleset: str | None = None  # by which everything stored was scored
    identity: str | None = None  # the items that the IDs were taken from
    label: str | None = None  # the customer label, as the operator wrote it, that named those items
    doubted: str | None = None  # other items that the label names by now, not believed yet
    doubted_at: int | None = None
    settled: bool = False  # whether the changes of the first sweep have been told
    reconciled: int | None = None  # start of the last reconcile that was believed
    alarm: str | None = None  # why the last reconcile was not believed
    compared: bool = False  # whether what the first sweep brought was compared with Netigate's list
    asked_since: int | None = None  # what the last sweep's `updated=` asked for; None: for everything
    filter_wrong: int | None = None  # when `updated=` was last seen not to bring what it should
    held: str | None = None  # why Netigate refuses this survey alone
    held_since: int | None = None
    absent_since: int | None = None  # since when it answers 404 and is not among the account's surveys
    reread_page: int = 0  # the last page that the rolling re-read has read
    reread_pages: int = 0  # and how many there were
    reread_at: int | None = None  # when that was
    reread_all: bool = False  # the question tree has changed: every page is read again, as fast as the budget allows
    unreadable: int = 0  # answer sets now set aside

    @property
    def is_nobodys(self) -> bool:
        """Whether no item carries the customer's ID (`Codebook.identity` names those first)."""
        return self.identity is not None and self.identity.startswith("[]")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A survey's question tree and the names of background labels, as last read from Netigate."""

    survey: Survey
    labels: Mapping[int, str]
    read_at: int = 0  # Unix milliseconds
    former: tuple[Former, ...] = ()  # items as they were in earlier trees, newest first
    doubt: Suspicion | None = None  # a later tree that is not believed yet


class Control:
    """Marks and leases in Redis. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._take = script("lease")
        self._keep = script("lease_keep")

    def take_lease(self, survey_id: int, seconds: float) -> str | None:
        """The token of a lease now held, or None where another holds it."""
        with guard():
            names = [self._keys.lease(survey_id), self._keys.fence]
            lifetimes = [int(seconds * 1000), int(LONGEST_LEASE * 1000)]
            token: Any = self._client.eval(self._take, 2, *names, secrets.token_hex(8), *lifetimes)
        return token.decode() or None

    def keep_lease(self, survey_id: int, token: str, seconds: float) -> bool:
        """Prolong a lease (0: give it back); False where it is no longer ours."""
        with guard():
            kept: Any = self._client.eval(self._keep, 1, self._keys.lease(survey_id), token, int(seconds * 1000))
        return bool(kept)

    def trouble(self) -> str | None:
        """REJECTED while Netigate refuses the key."""
        found: Any = self._tolerance.ask_for("trouble", lambda: self._client.get(self._keys.trouble), None)
        return REJECTED if found == REJECTED.encode() else None

    def swept(self) -> Sweeps:
        """Start of each survey's last complete sweep, and what readers are told beside it."""
        return decode_sweeps(self._tolerance.ask_for("swept", lambda: self._client.hgetall(self._keys.swept), {}))

    def set_swept(self, survey_id: int, start: int, *, backfilling: bool = False) -> None:
        """Also names the store where nobody has: who reads changes need then not write.

        backfilling: what the sweep brought has still to be compared with Netigate's list.
        """
        pipe = self._client.pipeline(transaction=False)
        if backfilling:
            pipe.hset(self._keys.swept, f"{BACKFILLING}{survey_id}", "1")
        pipe.hset(self._keys.swept, str(survey_id), str(start))
        pipe.set(self._keys.epoch, secrets.token_hex(4), nx=True)
        with guard():
            pipe.execute()

    def state(self, survey_id: int) -> SurveyState:
        """A state that cannot be read begins anew, with a first sweep."""
        return self._tolerance.value("survey", decode_state, self._field(survey_id, "state")) or SurveyState()

    def _field(self, survey_id: int, name: str) -> Any:  # noqa: ANN401
        return self._tolerance.ask_for("survey", lambda: self._client.hget(self._keys.survey(survey_id), name), None)

    def set_state(self, survey_id: int, state: SurveyState) -> None:
        with guard():
            self._client.hset(self._keys.survey(survey_id), "state", seal(orjson.dumps(asdict(state))))

    def catalogue(self, survey_id: int) -> Catalogue | None:
        return self._tolerance.value("survey", decode_catalogue, self._field(survey_id, "catalogue"))

    def catalogues(self, survey_ids: Iterable[int]) -> dict[int, Catalogue]:
        """Those of the surveys that were read at least once."""
        found = {survey_id: self.catalogue(survey_id) for survey_id in survey_ids}
        return {survey_id: catalogue for survey_id, catalogue in found.items() if catalogue}

    def set_catalogue(self, catalogue: Catalogue) -> None:
        with guard():
            self._client.hset(self._keys.survey(catalogue.survey.id), "catalogue", pack(_encode_catalogue(catalogue)))

    def mark_held(self, survey_id: int, *, held: bool) -> None:
        """Tell readers whether a survey is held."""
        self._mark(f"{HELD}{survey_id}", on=held)

    def mark_backfilling(self, survey_id: int, *, backfilling: bool) -> None:
        """Tell readers whether what the first sweep brought has still to be compared with Netigate's list."""
        self._mark(f"{BACKFILLING}{survey_id}", on=backfilling)

    def _mark(self, name: str, *, on: bool) -> None:
        with guard():
            if on:
                self._client.hset(self._keys.swept, name, "1")
            else:
                self._client.hdel(self._keys.swept, name)

    def missing(self, survey_id: int) -> dict[int, str]:
        """Answer sets that have to be fetched one by one, each with what it is listed with."""
        return self._numbered(survey_id, "missing")

    def set_aside(self, survey_id: int) -> dict[int, str]:
        """Answer sets that cannot be read, each with what it is listed with."""
        return self._numbered(survey_id, "aside")

    def note_missing(self, survey_id: int, missing: Mapping[int, str], aside: Mapping[int, str]) -> None:
        """Remember both."""
        values: dict[Any, Any] = {"missing": _pack_numbered(missing), "aside": _pack_numbered(aside)}
        with guard():
            self._client.hset(self._keys.survey(survey_id), mapping=values)

    def _numbered(self, survey_id: int, name: str) -> dict[int, str]:
        return self._tolerance.value("survey", decode_numbered, self._field(survey_id, name)) or {}

    def epoch(self) -> str:
        """The name of this store, drawn with its first sweep, or when first asked for. Raises DamagedValueError."""
        with guard():
            value: Any = self._client.get(self._keys.epoch)
            if value is None:
                self._client.set(self._keys.epoch, secrets.token_hex(4), nx=True)
                value = self._client.get(self._keys.epoch)
        return decode_epoch(value)


def _pack_numbered(found: Mapping[int, str]) -> bytes:
    return pack(orjson.dumps({str(number): text for number, text in found.items()}))


def _encode_catalogue(catalogue: Catalogue) -> bytes:
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
    """Fields of a later version are passed over. Raises DamagedValueError."""
    known = {name: found for name, found in read_sealed(value).items() if name in _STATE}
    if any(type(found).__name__ not in _STATE[name].replace("None", "NoneType") for name, found in known.items()):
        raise DamagedValueError("value")
    return SurveyState(**known)


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
