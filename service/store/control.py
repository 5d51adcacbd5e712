"""What a sweep remembers of each survey, and who may sweep it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson

from service.store import codec
from service.store.connection.clients import guard, script
from service.survey.model import Alternative, QuestionItem, Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.store.connection.clients import Client
    from service.store.keys import Keys


REJECTED = "rejected"


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
    settled: bool = False  # whether the changes of the first sweep have been told
    reconciled: int | None = None  # start of the last reconcile that was believed
    alarm: str | None = None  # why the last reconcile was not believed

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


class Control:
    """Marks and leases in Redis. Every call raises StoreAwayError when Redis is away."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._take = script("lease")
        self._keep = script("lease_keep")

    def take_lease(self, survey_id: int, seconds: float) -> str | None:
        """The token of a lease now held, or None where another holds it."""
        with guard():
            token: Any = self._client.eval(
                self._take, 2, self._keys.lease(survey_id), self._keys.fence, secrets.token_hex(8), int(seconds * 1000)
            )
        return token.decode() or None

    def keep_lease(self, survey_id: int, token: str, seconds: float) -> bool:
        """Prolong a lease (0: give it back); False where it is no longer ours."""
        with guard():
            kept: Any = self._client.eval(self._keep, 1, self._keys.lease(survey_id), token, int(seconds * 1000))
        return bool(kept)

    def trouble(self) -> str | None:
        """REJECTED while Netigate refuses the key."""
        with guard():
            found: Any = self._client.get(self._keys.trouble)
        return found.decode() if found else None

    def swept(self) -> dict[int, int]:
        """Start of each survey's last complete sweep, Unix milliseconds."""
        with guard():
            found: Any = self._client.hgetall(self._keys.swept)
        return {int(survey): int(start) for survey, start in found.items()}

    def set_swept(self, survey_id: int, start: int) -> None:
        with guard():
            self._client.hset(self._keys.swept, str(survey_id), str(start))

    def state(self, survey_id: int) -> SurveyState:
        with guard():
            value: Any = self._client.hget(self._keys.survey(survey_id), "state")
        return SurveyState(**orjson.loads(value)) if value else SurveyState()

    def set_state(self, survey_id: int, state: SurveyState) -> None:
        with guard():
            self._client.hset(self._keys.survey(survey_id), "state", orjson.dumps(asdict(state)))

    def catalogue(self, survey_id: int) -> Catalogue | None:
        with guard():
            value: Any = self._client.hget(self._keys.survey(survey_id), "catalogue")
        return _decode_catalogue(value) if value else None

    def catalogues(self, survey_ids: Iterable[int]) -> dict[int, Catalogue]:
        """Those of the surveys that were read at least once."""
        found = {survey_id: self.catalogue(survey_id) for survey_id in survey_ids}
        return {survey_id: catalogue for survey_id, catalogue in found.items() if catalogue}

    def set_catalogue(self, catalogue: Catalogue) -> None:
        with guard():
            self._client.hset(
                self._keys.survey(catalogue.survey.id), "catalogue", codec.pack(_encode_catalogue(catalogue))
            )

    def epoch(self) -> str:
        """The name of this store, drawn the first time that anybody asks."""
        with guard():
            self._client.set(self._keys.epoch, secrets.token_hex(4), nx=True)
            value: Any = self._client.get(self._keys.epoch)
        return str(value.decode())


def _encode_catalogue(catalogue: Catalogue) -> bytes:
    survey = asdict(catalogue.survey)
    return orjson.dumps(
        {
            "survey": survey,
            "labels": {str(key): name for key, name in catalogue.labels.items()},
            "read_at": catalogue.read_at,
        }
    )


def _decode_catalogue(packed: bytes) -> Catalogue:
    found = orjson.loads(codec.unpack(packed))
    survey = found["survey"]
    items = tuple(
        QuestionItem(
            **{
                **item,
                "alternatives": tuple(Alternative(**alternative) for alternative in item["alternatives"]),
                "statements": tuple(item["statements"]),
            }
        )
        for item in survey["items"]
    )
    return Catalogue(
        # When a survey was created is not used, so it is not read back.
        Survey(**{**survey, "created": None, "items": items}),
        {int(key): name for key, name in found["labels"].items()},
        found.get("read_at", 0),
    )
