"""What a destination's answer means, and when the next try is due. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

FIRST_WAIT: Final = 2.0  # seconds; doubles with each failure
LONGEST_WAIT: Final = 15 * 60.0
MOST_FAILURES: Final = 120  # about a day; then a message is parked, and the next one is sent
ASKED_TO_WAIT: Final = frozenset({408, 425, 429})


class Verdict(StrEnum):
    """What became of one try."""

    DELIVERED = "delivered"
    FAILED = "failed"  # to be tried again
    REFUSED = "refused"  # sending the same again would be refused again


def judge(status: int | None) -> Verdict:
    """status: of the reply, None where there was none. Redirects are not followed, so they are failures."""
    if status is None:
        return Verdict.FAILED
    if 200 <= status < 300:  # noqa: PLR2004  (RFC 9110, 15)
        return Verdict.DELIVERED
    if 400 <= status < 500 and status not in ASKED_TO_WAIT:  # noqa: PLR2004
        return Verdict.REFUSED
    return Verdict.FAILED


def wait_after(failures: int, spread: float, asked: float = 0.0) -> float:
    """Seconds until the next try.

    failures: so far, at least 1. spread: 0 to 1, drawn anew each time, so that destinations' retries do not meet.
    asked: the reply's Retry-After, which is never undercut.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 16))
    return max(longest * (0.5 + spread / 2), asked)
