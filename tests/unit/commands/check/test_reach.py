"""How far `check` came: to Netigate, through a proxy, and to Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.commands.check.reach import ADVICE, FAILED, Stopwatch
from service.store.connection.probe import Probe
from service.survey.errors import (
    BadRequestError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UpstreamError,
)

from .account import GERMAN, SWEDISH, Account

if TYPE_CHECKING:
    from tests.support.fakes import FakeUpstream


def test_a_key_of_the_other_server_is_found_there(account: Account, upstream: FakeUpstream) -> None:
    account.servers = {SWEDISH: RejectedError("/surveys", status=401), GERMAN: upstream}
    assert account.check() == 1
    assert f"Set NETIGATE_BASE_URL={GERMAN}" in account.said
    assert f"       NETIGATE_BASE_URL={GERMAN}" in account.said


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (RejectedError("/surveys", status=401), "both servers refuse the key"),
        (UnavailableError("/surveys", cause="dns"), "german.example, the other server, could not be asked"),
    ],
)
def test_a_key_that_is_good_nowhere(account: Account, other: UpstreamError, said: str) -> None:
    account.servers = {SWEDISH: RejectedError("/surveys", status=401), GERMAN: other}
    assert account.check() == 1
    assert said in account.said
    assert "make a new one in Netigate" in account.said


def test_a_key_is_never_sent_from_a_server_of_its_own_to_another(account: Account) -> None:
    own = "https://own.example/api/v1.2"
    account.servers = {own: RejectedError("/surveys", status=401)}
    assert account.check(base_url=own) == 1
    assert "the server refuses the key" in account.said


@pytest.mark.parametrize("cause", sorted(ADVICE))
def test_each_way_not_to_arrive_says_how_far_it_came_and_what_to_do(account: Account, cause: str) -> None:
    account.servers[SWEDISH] = UnavailableError("/surveys", cause=cause)
    assert account.check() == 1
    failed, do = ADVICE[cause]
    assert f"{FAILED[failed]} ({cause})" in account.said
    assert do in account.said
    assert account.said.count("[ ok ] swedish.example") == failed


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UnavailableError("/surveys", status=500), "no API answers (500)"),
        (MalformedError("/surveys", status=200, cause="shape"), "no API answers (shape)"),
        (BadRequestError("/surveys", status=400), "no API answers (400)"),
        (RateLimitedError("/surveys", status=429), "asks to wait"),
        (NotFoundError("/surveys", status=404), "must end in /api/v1.2"),
    ],
)
def test_what_else_may_be_answered(account: Account, error: UpstreamError, said: str) -> None:
    account.servers[SWEDISH] = error
    assert account.check() == 1
    assert said in account.said


def test_an_unencrypted_address_is_named_as_such(account: Account, upstream: FakeUpstream) -> None:
    account.servers["http://127.0.0.1/api/v1.2"] = upstream
    account.check(base_url="http://127.0.0.1/api/v1.2")
    assert "not encrypted" in account.said
    assert "encrypted (TLS)" not in account.said


def test_a_proxy_is_named_without_its_credentials(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:secret@proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    account.check()
    assert "proxy.example:3128" in account.said
    assert "secret" not in account.said


@pytest.mark.parametrize("address", ["proxy.example", "http://proxy.example"])
def test_a_proxy_without_a_port(account: Account, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("https_proxy", address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    account.check()
    assert "through the proxy proxy.example" in account.said


@pytest.mark.parametrize(
    ("probe", "status", "said"),
    [
        (Probe("7.2.4", 0.001, "noeviction", True), 0, "version 7.2.4, 1.0 ms a round trip"),
        (Probe("7.2.4", 0.02, None, None), 0, "put Redis nearer"),
        (Probe("5.0.1", 0.001, "noeviction", True), 1, "Use Redis 6.2 or later"),
        (Probe("7.2.4", 0.001, "allkeys-lru", True), 1, "maxmemory-policy noeviction"),
        (Probe("7.2.4", 0.001, "noeviction", False), 0, "keeps nothing on disk"),
    ],
)
def test_what_is_said_of_a_redis(account: Account, probe: Probe, status: int, said: str) -> None:
    account.probe = lambda _url, timeout: probe
    assert account.check(redis_url="redis://:secret@redis.example:6379") == status
    assert said in account.said
    assert "secret" not in account.said
    assert "REDIS_URL=…" in account.said


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "unix:///nowhere/at/all", "ftp://x"])
def test_a_redis_that_cannot_be_reached(account: Account, url: str) -> None:
    assert account.check(redis_url=url) == 1
    assert "Check REDIS_URL" in account.said


def test_a_real_redis_is_tried_and_left_as_it_was(account: Account, valkey_url: str, valkey: Any) -> None:
    assert account.check(redis_url=valkey_url) == 0
    assert "ms a round trip" in account.said
    assert valkey.dbsize() == 0


def test_times_of_failed_calls_are_left_out() -> None:
    watch = Stopwatch()
    watch("/surveys", "ok", 1.0)
    watch("/surveys", "unavailable", 30.0)
    assert (watch.median("/surveys"), watch.median("/other")) == (1.0, None)
