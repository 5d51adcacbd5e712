"""Errors of the Redis client as ours, in one word: `with guard():` around every call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import redis
from redis.exceptions import AuthenticationError, RedisClusterException, RedisError

from service.store.connection.refusals import refusal
from service.survey.errors import DamagedValueError, StoreAwayError, StorePasswordError, StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator


_DAMAGE = re.compile(
    r"WRONGTYPE|not an integer|not a (?:valid )?float|smaller than the target stream top item|exhausted the last"
    r"|user_script:\d+: (?!@|-?[A-Z]{2})"
)


def is_damage(error: BaseException) -> bool:
    """Whether an error reply is on account of what is stored under the key, and not of the server."""
    return isinstance(error, redis.ResponseError) and bool(_DAMAGE.search(str(error)))


class guard:  # noqa: N801  (read as a word: `with guard():`)
    """Redis's errors as ours, whose texts name no key and no value.

    A key that a command or a script cannot work on, for its type or its value, is DamagedValueError. Any other error
    reply is the request's own: StoreRefusedError. Any failure to reach Redis, or of Redis to answer anybody, is
    StoreAwayError.
    """

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and is_damage(error):
            raise DamagedValueError("key") from None
        # A cluster's is no RedisError.
        if isinstance(error, RedisError | RedisClusterException | OSError):
            raise _ours(error) from None


def _ours(error: Exception) -> StoreAwayError | StoreRefusedError:
    if any(isinstance(link, AuthenticationError) for link in _chain(error)):
        return StorePasswordError("wrong password")
    kind = refusal(error)
    return StoreAwayError(type(error).__name__) if kind is None else StoreRefusedError(kind)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:  # a Cluster's client wraps what a node said
        yield error
        error = error.__cause__
