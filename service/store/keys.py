"""Names of everything in Redis, pure.

Two families. *Control* keys of an account share one Cluster hash tag, so that one script can change them
together. *Partitions* hold the large bodies, one hash per customer (or per respondent, where a result has no
customer), each with a tag of its own, so that a Cluster spreads them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

PREFIX = "nr"


def account_name(base_url: str, api_key: str) -> str:
    """A short name for server and account. The API key is a random GUID, so its digest gives nothing away."""
    return hashlib.sha256(f"{base_url.rstrip('/').casefold()}\n{api_key}".encode()).hexdigest()[:12]


def partition_of(customer_id: str | None, respondent_id: int) -> str:
    """The partition of a result. Customer IDs are digested: they may hold braces, and keys show up in tools."""
    if customer_id is None:
        return f"r{respondent_id}"
    digest = hashlib.blake2b(customer_id.encode(), digest_size=16).digest()
    return "c" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def set_key(survey_id: int, answer_set_id: int) -> str:
    return f"{survey_id}/{answer_set_id}"


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names of one account on one Netigate server."""

    account: str

    def control(self, name: str) -> str:
        return f"{PREFIX}:{{{self.account}}}:{name}"

    def partition(self, partition: str) -> str:
        return f"{PREFIX}:{self.account}:{{{partition}}}"

    def respondent(self, respondent_id: int) -> str:
        """Where a respondent's results are: a hash, `survey/set` → partition."""
        return f"{PREFIX}:{self.account}:{{i{respondent_id}}}"

    # Control keys, each with what it holds.

    def revisions(self, survey_id: int) -> str:
        """Hash, answer set → what of it was filed last (`codec.Revision`)."""
        return self.control(f"rev:{survey_id}")

    def survey(self, survey_id: int) -> str:
        """Hash: watermark, catalogue, progress and marks of one survey's sweep."""
        return self.control(f"survey:{survey_id}")

    def intents(self, survey_id: int) -> str:
        """Hash, answer set → the partition that its body is being written to; emptied by the commit that follows."""
        return self.control(f"filing:{survey_id}")

    def lease(self, survey_id: int) -> str:
        """String with a lifetime: who sweeps the survey now."""
        return self.control(f"lease:{survey_id}")

    @property
    def swept(self) -> str:
        """Hash, survey → start of its last complete sweep, Unix milliseconds; 0 → count of erasures."""
        return self.control("swept")

    @property
    def states(self) -> str:
        """Hash, customer → rows of its results: what changes are computed from."""
        return self.control("state")

    @property
    def standing(self) -> str:
        """Sorted set of customers, worst first (`codec.standing`)."""
        return self.control("standing")

    @property
    def feed(self) -> str:
        """Stream of changes."""
        return self.control("feed")

    @property
    def feed_index(self) -> str:
        """Hash, `survey/set` → stream ids of its changes, so that an erasure finds them."""
        return self.control("feedidx")

    @property
    def pending(self) -> str:
        """Sorted set of `survey/set` filed by a first sweep whose changes are still to be computed."""
        return self.control("pending")

    @property
    def tombs(self) -> str:
        """Sorted set, `survey/set` → moment until which it may not be filed again, Unix milliseconds."""
        return self.control("tombs")

    @property
    def kept_out(self) -> str:
        """Hash, keyed digest of a purged customer or respondent → since when."""
        return self.control("keptout")

    @property
    def fence(self) -> str:
        """Counter behind the leases' fencing tokens."""
        return self.control("fence")

    @property
    def trimmed(self) -> str:
        """String: stream id of the newest change that was dropped for its age."""
        return self.control("trimmed")

    @property
    def known(self) -> str:
        """Set of surveys of which anything may be stored."""
        return self.control("known")

    @property
    def salt(self) -> str:
        """String: the key of the digests in `kept_out`."""
        return self.control("salt")

    @property
    def unmapped(self) -> str:
        """Hash, `[survey, item, wording]` as JSON → answers met whose wording is not understood."""
        return self.control("unmapped")

    @property
    def trouble(self) -> str:
        """String: what is wrong with the whole account, while it is."""
        return self.control("trouble")

    @property
    def epoch(self) -> str:
        """String: the name of this store, drawn once. A cursor of another store is refused."""
        return self.control("epoch")
