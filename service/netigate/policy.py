"""How long, how often and how much: the limits of one call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one call of the client. Times in seconds.

    The defaults are the sweeper's: Netigate is known to be slow. An on-demand read passes a tighter one.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 30.0  # between two pieces of a reply
    budget: float = 90.0  # over all attempts and waits of one call
    attempts: int = 4
    backoff: float = 0.5  # the first wait is 0 to this, each next one up to twice the one before
    longest_backoff: float = 10.0
    largest_body: int = 64 * 2**20  # bytes, unpacked
