"""Names of everything in Redis, pure: one table of families, from which each name is made and by which it is known.

Two sorts. *Control* keys of an account share one Cluster hash tag, so that one script can change them
together. *Partitions* hold the large bodies, one hash per customer (or per respondent, where a result has no
customer), each with a tag of its own, so that a Cluster spreads them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "nr"
_SET_KEY: Final = re.compile(rb"(-?[0-9]{1,19})/(-?[0-9]{1,19})")
_PARTITION: Final = "(?:c[0-9A-Za-z_-]{22}|r-?[0-9]+)"


def account_name(base_url: str, api_key: str) -> str:
    """A short name for server and account. The API key is a random GUID, so its digest gives nothing away."""
    return hashlib.sha256(f"{base_url.rstrip('/').casefold()}\n{api_key}".encode()).hexdigest()[:12]


def account_secret(base_url: str, name: str) -> bytes:
    """The key of the digests that name who was purged: the same whatever Redis has lost, so it is stored nowhere."""
    return hashlib.sha256(f"kept out\n{base_url.rstrip('/').casefold()}\n{name}".encode()).digest()


def partition_of(customer_id: str | None, respondent_id: int) -> str:
    """The partition of a result. Customer IDs are digested: they may hold braces, and keys show up in tools."""
    if customer_id is None:
        return f"r{respondent_id}"
    digest = hashlib.blake2b(customer_id.encode(), digest_size=16).digest()
    return "c" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_partition(name: str) -> bool:
    """Whether a text is a partition's name."""
    return re.fullmatch(_PARTITION, name) is not None


def set_key(survey_id: int, answer_set_id: int) -> str:
    return f"{survey_id}/{answer_set_id}"


def split_set_key(name: bytes) -> tuple[int, int]:
    """Survey and answer set of such a name. Raises DamagedValueError."""
    found = _SET_KEY.fullmatch(name)
    if found is None:
        raise DamagedValueError("value")
    return int(found[1]), int(found[2])


class Type(StrEnum):
    """Redis' own names of its types."""

    STRING = "string"
    HASH = "hash"
    SET = "set"
    ZSET = "zset"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Family:
    """Keys of one sort. `rebuilt_from` says where the same comes from again when it cannot be read."""

    name: str
    shape: str  # of the key behind the prefix; `{}` stands for what differs within the family
    type: Type
    holds: str
    rebuilt_from: str
    control: bool = True  # with the account's hash tag; else spread over a Cluster
    lasting: bool = True  # False: it ends by itself, and one without an end is somebody else's


NETIGATE = "Netigate, by the next reconcile"
NEXT_USE = "nothing: the next use begins anew"
NOTHING = "nothing: gone for good, and told"

FAMILIES: Final = (
    Family("revisions", "rev:{}", Type.HASH, "by survey: answer set → what of it was filed last (`codec.Revision`)",
           "states, then " + NETIGATE),
    Family("survey", "survey:{}", Type.HASH, "by survey: watermark, progress and marks of its sweep; its catalogue",
           "Netigate, by a first sweep, which tells no change twice"),
    Family("intents", "filing:{}", Type.HASH,
           "by survey: answer set → partition that its body is being written to; emptied by the commit that follows",
           NEXT_USE),
    Family("lease", "lease:{}", Type.STRING, "by survey: who sweeps it now", NEXT_USE, lasting=False),
    Family("swept", "swept", Type.HASH,
           "survey → start of its last complete sweep, Unix milliseconds; 0 → count of erasures", "the next sweep"),
    Family("states", "state", Type.HASH, "customer → rows of its results: what changes are computed from",
           "partitions"),
    Family("standing", "standing", Type.ZSET, "customers, worst first (`codec.standing`)", "states"),
    Family("feed", "feed", Type.STREAM, "changes", "nothing: cursors from before are refused (410)"),
    Family("feed_rewritten", "feed:{}", Type.STREAM, "the feed while it is written anew", NEXT_USE, lasting=False),
    Family("feed_index", "feedidx", Type.HASH,
           "`survey/set` → stream ids of its changes, so that an erasure finds them and none is told twice", "feed"),
    Family("pending", "pending", Type.ZSET,
           "`survey/set` filed by a first sweep whose changes are still to be computed", "states"),
    Family("tombs", "tombs", Type.ZSET, "`survey/set` → until when it may not be filed again, Unix milliseconds",
           NEXT_USE),
    Family("kept_out", "keptout", Type.HASH, "keyed digest of a purged customer or respondent → since when", NOTHING),
    Family("let_in", "letin", Type.HASH, "digests as in `kept_out` of those let in again → since when", NOTHING),
    Family("told", "told", Type.ZSET, "id of a change → when it was told, Unix milliseconds: none is told twice",
           "the feed's index"),
    Family("listed", "listed", Type.ZSET, "surveys as `4711,4712` → when a worker last said that it lists them",
           NEXT_USE),
    Family("fence", "fence", Type.STRING, "counter behind the leases' fencing tokens", NEXT_USE),
    Family("trimmed", "trimmed", Type.STRING, "stream id of the newest change that was dropped", "feed"),
    Family("known", "known", Type.SET, "surveys of which anything may be stored", "names of keys"),
    Family("unmapped", "unmapped", Type.HASH,
           "`[survey, item, wording]` as JSON → answers met whose wording is not understood", NEXT_USE),
    Family("trouble", "trouble", Type.STRING, "what is wrong with the whole account, while it is", NEXT_USE),
    Family("epoch", "epoch", Type.STRING, "the name of this store, drawn once. A cursor of another store is refused.",
           "nothing: cursors from before are refused (410)"),
    Family("alerts", "alerts:{}", Type.STRING, "by destination: how far alerts are, and what is being sent",
           "nothing: what the feed holds is sent again"),
    Family("alerts_parked", "alertsparked:{}", Type.HASH, "by destination: id → an alert that it refused", NOTHING),
    Family("alerts_lease", "alertslease:{}", Type.STRING, "by destination: who delivers there now", NEXT_USE,
           lasting=False),
    Family("counters", "counters", Type.HASH, "metric and labels → count", NEXT_USE),
    Family("damaged", "damaged", Type.SET, "surveys whose reconcile is due because of damage; 0: a repair is due",
           NEXT_USE),
    Family("places", "places", Type.ZSET, "calls to Netigate under way → when their place is free at the latest",
           NEXT_USE),
    Family("waiting", "waiting", Type.ZSET, "readers who wait for a place → until when they count", NEXT_USE),
    Family("not_before", "notbefore", Type.STRING, "moment before which nobody asks Netigate, Unix milliseconds",
           NEXT_USE, lasting=False),
    Family("failures", "failures", Type.STRING, "failures of Netigate in a row", NEXT_USE, lasting=False),
    Family("rate_limit", "ratelimit:{}", Type.STRING, "by caller: permits taken of this window", NEXT_USE,
           lasting=False),
    Family("partition", "{{{}}}", Type.HASH,
           "by customer or respondent: its bodies (`b:survey/set`), their index (`x`), the summary rendered (`s`, `S`)",
           "its own bodies, else " + NETIGATE, control=False),
    Family("pointers", "{{i{}}}", Type.HASH, "by respondent: `survey/set` → the partition that holds it", "partitions",
           control=False),
    Family("probe", "{{w{}}}", Type.STRING, "by number: written to see whether writes are taken", NEXT_USE,
           control=False, lasting=False),
    Family("fetch_lease", "{{i{}}}:lease", Type.STRING, "by respondent: who fetches it now", NEXT_USE,
           control=False, lasting=False),
    Family("fetched", "{{i{}}}:fetched", Type.STRING, "by respondent: its last fetch on demand", NEXT_USE,
           control=False, lasting=False),
)  # fmt: skip
BY_NAME: Final = {family.name: family for family in FAMILIES}
# What differs within a family: a customer's digest, a respondent, a survey, a caller's name, a destination.
_PARTS: Final = {"partition": _PARTITION, "rate_limit": ".+", "feed_rewritten": "[0-9a-f]+"} | dict.fromkeys(
    ("alerts", "alerts_parked", "alerts_lease"), "[a-z]+"
)


@cache
def _pattern(account: str) -> re.Pattern[str]:
    """Every family's shape, each a group of its own name; what differs within it is a group inside."""
    shapes = []
    for name, family in BY_NAME.items():
        part = f"(?P<{name}_part>{_PARTS.get(name, '-?[0-9]+')})"
        shape = re.escape(Keys(account).of(family, "\0")).replace("\0", part)
        shapes.append(f"(?P<{name}>{shape})")
    return re.compile("|".join(shapes))


class _One:
    """A family of one key."""

    def __init__(self, family: str) -> None:
        self._family = BY_NAME[family]

    def __get__(self, keys: Keys, _owner: type[Keys]) -> str:
        return keys.of(self._family)


class _Each:
    """A family of a key for each survey, customer, respondent or caller."""

    def __init__(self, family: str) -> None:
        self._family = BY_NAME[family]

    def __get__(self, keys: Keys, _owner: type[Keys]) -> Callable[[object], str]:
        return partial(keys.of, self._family)


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names of one account on one Netigate server."""

    account: str
    secret: bytes = b""

    def of(self, family: Family, part: object = "") -> str:
        """The key of a family; `part` is what differs within it."""
        account = f"{{{self.account}}}" if family.control else self.account
        return f"{PREFIX}:{account}:{family.shape.format(part)}"

    def family(self, key: str) -> tuple[Family, str] | None:
        """The family that a key is of, and what differs within it; None for a key that is of none."""
        found = _pattern(self.account).fullmatch(key)
        if found is None or found.lastgroup is None:
            return None
        name = found.lastgroup
        return BY_NAME[name], found[f"{name}_part"] if f"{name}_part" in found.re.groupindex else ""

    @property
    def patterns(self) -> tuple[str, str]:
        """Globs that find every key of the account."""
        return f"{PREFIX}:{{{self.account}}}:*", f"{PREFIX}:{self.account}:*"

    def control(self, name: str) -> str:
        """A control key as it is written; KeyError where no family has such keys."""
        key = f"{PREFIX}:{{{self.account}}}:{name}"
        if self.family(key) is None:
            raise KeyError(name)
        return key

    def mark(self, what: str, identifier: str) -> str:
        """The keyed digest under which a customer or respondent is kept out."""
        return hmac.digest(self.secret or self.account.encode(), f"{what}:{identifier}".encode(), "sha256").hex()

    partition = _Each("partition")
    probe = _Each("probe")
    respondent = _Each("pointers")
    fetch_lease = _Each("fetch_lease")
    fetched = _Each("fetched")
    revisions = _Each("revisions")
    survey = _Each("survey")
    intents = _Each("intents")
    lease = _Each("lease")
    rate_limit = _Each("rate_limit")
    feed_rewritten = _Each("feed_rewritten")
    alerts = _Each("alerts")
    alerts_parked = _Each("alerts_parked")
    alerts_lease = _Each("alerts_lease")
    swept = _One("swept")
    states = _One("states")
    standing = _One("standing")
    feed = _One("feed")
    feed_index = _One("feed_index")
    told = _One("told")
    pending = _One("pending")
    tombs = _One("tombs")
    kept_out = _One("kept_out")
    let_in = _One("let_in")
    fence = _One("fence")
    trimmed = _One("trimmed")
    known = _One("known")
    listed = _One("listed")
    unmapped = _One("unmapped")
    trouble = _One("trouble")
    epoch = _One("epoch")
    counters = _One("counters")
    damaged = _One("damaged")
    places = _One("places")
    waiting = _One("waiting")
    not_before = _One("not_before")
    failures = _One("failures")
