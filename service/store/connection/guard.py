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


# What Redis says where a value is of another type or shape than a command, or a script of ours, expects.
_DAMAGE = re.compile(
    r"WRONGTYPE|not an integer|not a (?:valid )?float|smaller than the target stream top item|exhausted the last"
    r"|user_script:\d+: (?!@|-?[A-Z]{2})"
)


def is_damage(error: BaseException) -> bool:
    """Whether an error reply is caused by what is stored under the key, and not by the server."""
    return isinstance(error, redis.ResponseError) and bool(_DAMAGE.search(str(error)))


class guard:  # noqa: N801  (read as a word: `with guard():`)
    """Redis's errors as ours, whose texts name no key and no value.

    DamagedValueError: a command or script cannot work with the type or value of a key. StoreRefusedError: any other
    error reply that concerns this request alone. StoreAwayError: Redis cannot be reached, or answers nobody.
    """

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and is_damage(error):
            raise DamagedValueError("key") from None
        # RedisClusterException is no RedisError.
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
