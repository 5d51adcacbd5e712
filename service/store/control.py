"""What a sweep remembers of each survey, and who may sweep it."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from service.store.connection.guard import guard
from service.store.leases import Leases
from service.store.survey_state import (
    Catalogue,
    SurveyState,
    TreeMark,
    decode_catalogue,
    decode_epoch,
    decode_numbered,
    decode_state,
    decode_tree_mark,
    encode_catalogue,
    pack_numbered,
    tree_mark,
)
from service.store.wholeness.envelope import pack, seal
from service.store.wholeness.sweeps import BACKFILLING, HELD, Sweeps, decode_sweeps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys
    from service.store.wholeness.tolerance import Tolerance


REJECTED = "rejected"


class Control:
    """Marks and leases in Redis. Every call raises StoreError where Redis is away or refuses."""

    def __init__(self, client: Client, keys: Keys, tolerance: Tolerance) -> None:
        self._client = client
        self._keys = keys
        self._tolerance = tolerance
        self._leases = Leases(client, keys.fence)

    def take_lease(self, survey_id: int, seconds: float) -> str | None:
        """The token of a lease now held, or None where another holds it."""
        return self._leases.take(self._keys.lease(survey_id), seconds)

    def keep_lease(self, survey_id: int, token: str, seconds: float) -> bool:
        """Prolong a lease (0: give it back); False where it is no longer ours."""
        return self._leases.keep(self._keys.lease(survey_id), token, seconds)

    def trouble(self) -> str | None:
        """REJECTED while Netigate refuses the key."""
        found: Any = self._tolerance.ask_for("trouble", lambda: self._client.get(self._keys.trouble), None)
        return REJECTED if found == REJECTED.encode() else None

    def swept(self) -> Sweeps:
        """Start of each survey's last complete sweep, and what readers are told beside it."""
        return decode_sweeps(self._tolerance.ask_for("swept", lambda: self._client.hgetall(self._keys.swept), {}))

    def set_swept(self, survey_id: int, start: int, *, backfilling: bool = False) -> None:
        """Note a complete sweep. Also names the store where it has no name, so that readers of changes need not write.

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
        """A state that cannot be read is taken for an empty one: the survey begins again with a first sweep."""
        return self._tolerance.value("survey", decode_state, self._field(survey_id, "state")) or SurveyState()

    def _field(self, survey_id: int, name: str) -> Any:  # noqa: ANN401
        return self._tolerance.ask_for("survey", lambda: self._client.hget(self._keys.survey(survey_id), name), None)

    def set_state(self, survey_id: int, state: SurveyState) -> None:
        with guard():
            self._client.hset(self._keys.survey(survey_id), "state", seal(orjson.dumps(asdict(state))))

    def catalogue(self, survey_id: int) -> Catalogue | None:
        return self._tolerance.value("survey", decode_catalogue, self._field(survey_id, "catalogue"))

    def catalogues(self, survey_ids: Iterable[int]) -> dict[int, Catalogue]:
        """Catalogues of those surveys that were read at least once."""
        found = {survey_id: self.catalogue(survey_id) for survey_id in survey_ids}
        return {survey_id: catalogue for survey_id, catalogue in found.items() if catalogue}

    def tree_marks(self, survey_ids: Iterable[int]) -> dict[int, TreeMark]:
        """Marks of those surveys that were read at least once: one round trip, however large their trees are."""
        surveys = list(survey_ids)
        pipe = self._client.pipeline(transaction=False)
        for survey_id in surveys:
            pipe.hget(self._keys.survey(survey_id), "tree")
        found = self._tolerance.values("survey", decode_tree_mark, self._tolerance.replies("survey", pipe))
        return {survey_id: mark for survey_id, mark in zip(surveys, found, strict=True) if mark}

    def set_catalogue(self, catalogue: Catalogue) -> None:
        values: dict[Any, Any] = {"catalogue": pack(encode_catalogue(catalogue)), "tree": tree_mark(catalogue)}
        with guard():
            self._client.hset(self._keys.survey(catalogue.survey.id), mapping=values)

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
        """Remember both kinds of answer sets."""
        values: dict[Any, Any] = {"missing": pack_numbered(missing), "aside": pack_numbered(aside)}
        with guard():
            self._client.hset(self._keys.survey(survey_id), mapping=values)

    def unread(self, survey_id: int) -> dict[int, str]:
        """Answer sets that are served and can no longer be read, each with since when and what is served."""
        return self._numbered(survey_id, "unread")

    def note_unread(self, survey_id: int, unread: Mapping[int, str]) -> None:
        """Remember them."""
        with guard():
            self._client.hset(self._keys.survey(survey_id), "unread", pack_numbered(unread))

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
