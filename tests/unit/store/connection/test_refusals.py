"""What Redis's error replies are taken for: one request's own, or everybody's."""

from __future__ import annotations

import pytest
import redis
from redis._parsers.base import BaseParser
from redis.exceptions import DataError, RedisClusterException

from service.store.connection.guard import guard
from service.survey.errors import DamagedValueError, StoreAwayError, StorePasswordError, StoreRefusedError

OWN = {
    "OOM command not allowed when used memory > 'maxmemory'.": "memory",
    "OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:2.": "memory",
    "ERR Error running script (call to f_1f): @user_script:1: @user_script: 1: -OOM command not allowed": "memory",
    "MISCONF Errors writing to the AOF file: No space left on device": "disk",
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.": "disk",
    "READONLY You can't write against a read only replica.": "read_only",
    "NOREPLICAS Not enough good replicas to write.": "replicas",
    "NOPERM this user has no permissions to run the 'set' command": "permission",
    "NOSCRIPT No matching script.": "script",
    "TRYAGAIN Multiple keys request during rehashing of slot": "resharding",
    "CLUSTERDOWN Hash slot not served": "slot",
    "ERR Invalid stream ID specified as stream command argument": "error",
}
EVERYBODYS = [
    "LOADING Redis is loading the dataset in memory",
    "BUSY Redis is busy running a script.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "CLUSTERDOWN The cluster is down",
    "ERR max number of clients reached",
]
PASSWORD = ["WRONGPASS invalid username-password pair or user is disabled.", "NOAUTH Authentication required."]


def raised(error):
    with pytest.raises(Exception) as found, guard():
        raise error
    return found.value


@pytest.mark.parametrize(("reply", "kind"), OWN.items())
def test_a_refusal_is_the_requests_own_with_its_kind(reply, kind):
    error = raised(BaseParser.parse_error(reply))
    assert isinstance(error, StoreRefusedError)
    assert (error.kind, str(error)) == (kind, kind)


def test_what_redis_py_writes_around_a_reply_changes_nothing():
    annotated = redis.ResponseError("Command # 1 (HGET nr:a MISCONF) of pipeline caused error: NOPERM this user has no")
    assert raised(annotated).kind == "permission"
    assert raised(DataError("Invalid input of type")).kind == "unsendable"


@pytest.mark.parametrize(
    "reply",
    [
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "ERR value is not an integer or out of range",
        "ERR user_script:3: Expected value but found invalid token at character 1 script: 1f, on @user_script:3.",
    ],
)
def test_what_a_key_holds_is_damage_and_no_refusal(reply):
    assert isinstance(raised(BaseParser.parse_error(reply)), DamagedValueError)


@pytest.mark.parametrize("reply", EVERYBODYS)
def test_what_everybody_would_be_told_means_that_it_is_away(reply):
    assert type(raised(BaseParser.parse_error(reply))) is StoreAwayError


@pytest.mark.parametrize("reply", PASSWORD)
def test_a_wrong_password_is_told_as_such(reply):
    assert isinstance(raised(BaseParser.parse_error(reply)), StorePasswordError)


def test_also_where_a_clusters_client_wraps_it():
    error = RedisClusterException("cannot be connected")
    error.__cause__ = redis.AuthenticationError("invalid")
    with pytest.raises(StorePasswordError), guard():
        raise error


@pytest.mark.parametrize("error", [redis.ResponseError("C-1 in the text"), redis.ResponseError("")])
def test_its_text_names_no_key_and_no_value(error):
    found = raised(error)
    assert "C-1" not in str(found)
    assert found.__suppress_context__
