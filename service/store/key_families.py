"""Every family of keys in Redis: its type, what it holds, and what it can be made from again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Type(StrEnum):
    """Redis' own names of its types."""

    STRING = "string"
    HASH = "hash"
    SET = "set"
    ZSET = "zset"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Family:
    """Keys of one sort. `rebuilt_from`: where the content is restored from when it cannot be read."""

    name: str
    shape: str  # of the key behind the prefix; `{}` stands for what differs within the family
    type: Type
    holds: str
    rebuilt_from: str
    control: bool = True  # with the account's hash tag; else spread over a Cluster
    lasting: bool = True  # False: each key has a lifetime, and one without is not ours


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
    Family("states", "state", Type.HASH,
           "customer → rows of its results: what changes are computed from; mark of the summary they were told with",
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
    Family("updates", "updates", Type.ZSET,
           "customers with a result → number of the last change of their summary (microseconds since 1970, or more)",
           "states"),
    Family("gone", "gone", Type.ZSET, "customers whose last result was erased → number of that change",
           "nothing: cursors from before are refused (410)"),
    Family("gone_trimmed", "gonetrim", Type.STRING, "highest number that was dropped from `gone`",
           "nothing: cursors from before are refused (410)"),
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
    Family("lost", "lost", Type.STRING, "since when customers may be missing from `states` and `standing`, sealed",
           "nothing: the next repair marks it anew"),
    Family("places", "places", Type.ZSET, "calls to Netigate under way → when their place is free at the latest",
           NEXT_USE),
    Family("waiting", "waiting", Type.ZSET, "readers who wait for a place → until when they count", NEXT_USE),
    Family("not_before", "notbefore", Type.STRING, "moment before which nobody asks Netigate, Unix milliseconds",
           NEXT_USE, lasting=False),
    Family("failures", "failures", Type.STRING, "failures of Netigate in a row", NEXT_USE, lasting=False),
    Family("rate_limit", "ratelimit:{}", Type.STRING, "by caller: permits taken of this window", NEXT_USE,
           lasting=False),
    Family("partition", "{{{}}}", Type.HASH,
           "by customer or respondent: its bodies (`b:survey/set`), their index (`x`), the summary rendered (`s`, `S`),"
           " since when something is lost (`l`)",
           "its own bodies, else " + NETIGATE, control=False),
    Family("pointers", "{{i{}}}", Type.HASH,
           "by respondent: `survey/set` → the partition that holds it; `l` as in partitions", "partitions",
           control=False),
    Family("probe", "{{w{}}}", Type.STRING, "by number: written to see whether writes are taken", NEXT_USE,
           control=False, lasting=False),
    Family("fetch_lease", "{{i{}}}:lease", Type.STRING, "by respondent: who fetches it now", NEXT_USE,
           control=False, lasting=False),
    Family("fetched", "{{i{}}}:fetched", Type.STRING, "by respondent: its last fetch on demand", NEXT_USE,
           control=False, lasting=False),
)  # fmt: skip
BY_NAME: Final = {family.name: family for family in FAMILIES}
