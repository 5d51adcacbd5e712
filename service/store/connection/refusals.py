"""What an error reply of Redis means: a refusal of this one request, or that nobody gets an answer. Pure."""

from __future__ import annotations

import re
from typing import Final

from redis.exceptions import DataError, NoPermissionError, OutOfMemoryError, ReadOnlyError, ResponseError

MEMORY, DISK, READ_ONLY, REPLICAS, PAUSED = "memory", "disk", "read_only", "replicas", "paused"
# A reply's first word → the kind of refusal. The first four refuse writes alone.
KINDS: Final = {
    "OOM": MEMORY,
    "MISCONF": DISK,
    "READONLY": READ_ONLY,
    "NOREPLICAS": REPLICAS,
    "NOPERM": "permission",
    "WRONGTYPE": "wrong_type",
    "NOSCRIPT": "script",
    "TRYAGAIN": "resharding",
    "CROSSSLOT": "cross_slot",
}
OTHER = "error"
# Replies that every request would get: the store is away for all.
_NOBODY: Final = frozenset({"BUSY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "DENIED", "NOAUTH", "WRONGPASS"})
_ONE_SLOT = "slot not served"  # said by a Cluster that still serves its other slots
_BY_CLASS: Final = {OutOfMemoryError: MEMORY, ReadOnlyError: READ_ONLY, NoPermissionError: "permission"}
# Redis 6 wraps a script's error in a sentence.
_WITHIN = re.compile(r"-(" + "|".join(KINDS) + r")\b")
_PIPELINED = "caused error: "  # redis-py puts the command in front, which may hold anything


def refusal(error: Exception) -> str | None:
    """The kind of refusal; None where the reply means that the store is away for everybody."""
    if isinstance(error, DataError):
        return "unsendable"
    known = next((kind for sort, kind in _BY_CLASS.items() if isinstance(error, sort)), None)
    if known or not isinstance(error, ResponseError):
        return known
    text = str(error).rpartition(_PIPELINED)[2]
    code = getattr(error, "status_code", None) or text.split(" ", 1)[0]
    if code in _NOBODY:
        return "slot" if code == "CLUSTERDOWN" and _ONE_SLOT in text else None
    within = _WITHIN.search(text)
    return KINDS.get(code) or (KINDS[within[1]] if within else OTHER)
