"""Names of everything in Redis, pure: one table of families makes each name, and tells which family a name is of.

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
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from service.store.key_families import BY_NAME
from service.survey.errors import DamagedValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.store.key_families import Family

PREFIX = "nr"
_SET_KEY: Final = re.compile(rb"(-?[0-9]{1,19})/(-?[0-9]{1,19})")
_PARTITION: Final = "(?:c[0-9A-Za-z_-]{22}|r-?[0-9]+)"


def account_name(base_url: str, api_key: str) -> str:
    """A short name for server and account. The API key is a random GUID, so its digest gives nothing away."""
    return hashlib.sha256(f"{base_url.rstrip('/').casefold()}\n{api_key}".encode()).hexdigest()[:12]


def account_secret(base_url: str, name: str) -> bytes:
    """The key of the digests of who was purged. Computed, never stored: it is the same whatever Redis has lost."""
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


def decode_pointer(respondent_id: int, partition: bytes) -> str:
    """The partition that a respondent's pointer names: a customer's, or its own. Raises DamagedValueError."""
    name = partition.decode(errors="replace")
    if not is_partition(name) or (is_respondents(name) and name != partition_of(None, respondent_id)):
        raise DamagedValueError("value")
    return name


def is_respondents(partition: str) -> bool:
    """Whether a partition is of a respondent without a customer."""
    return partition.startswith("r")


def set_key(survey_id: int, answer_set_id: int) -> str:
    return f"{survey_id}/{answer_set_id}"


def split_set_key(name: bytes) -> tuple[int, int]:
    """Survey and answer set of a `set_key`. Raises DamagedValueError."""
    found = _SET_KEY.fullmatch(name)
    if found is None:
        raise DamagedValueError("value")
    return int(found[1]), int(found[2])


# What differs within a family: a customer's digest, a respondent, a survey, a caller's name, a destination.
_PARTS: Final = {"partition": _PARTITION, "rate_limit": ".+", "feed_rewritten": "[0-9a-f]+"} | dict.fromkeys(
    ("alerts", "alerts_parked", "alerts_lease"), "[a-z]+"
)


@cache
def _pattern(account: str) -> re.Pattern[str]:
    """Every family's shape as a group of that name, with an inner group for what differs within the family."""
    shapes = []
    for name, family in BY_NAME.items():
        part = f"(?P<{name}_part>{_PARTS.get(name, '-?[0-9]+')})"
        shape = re.escape(Keys(account).of(family, "\0")).replace("\0", part)
        shapes.append(f"(?P<{name}>{shape})")
    return re.compile("|".join(shapes))


class _One:
    """A family with one key."""

    def __init__(self, family: str) -> None:
        self._family = BY_NAME[family]

    def __get__(self, keys: Keys, _owner: type[Keys]) -> str:
        return keys.of(self._family)


class _Each:
    """A family with a key for each survey, customer, respondent or caller."""

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
        """The family of a key, and what differs within it; None where no family has such keys."""
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
        """The control key of this name; KeyError where no family has such keys."""
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
    updates = _One("updates")
    gone = _One("gone")
    gone_trimmed = _One("gone_trimmed")
    known = _One("known")
    listed = _One("listed")
    unmapped = _One("unmapped")
    trouble = _One("trouble")
    epoch = _One("epoch")
    counters = _One("counters")
    damaged = _One("damaged")
    lost = _One("lost")
    places = _One("places")
    waiting = _One("waiting")
    not_before = _One("not_before")
    failures = _One("failures")
