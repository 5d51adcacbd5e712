"""A card token opens one customer, for a short while, and nothing that was tampered with."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from service.widget.options import MAX_LIFETIME_SECONDS
from service.widget.tokens import AUDIENCE, LEEWAY_SECONDS, Claims, TokenError, mint, verify

SECRET = "card-secret-of-thirty-two-bytes-or-more"
NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
EXP = int(NOW.timestamp()) + 900


def foreign(claims=None, *, key=SECRET, algorithm="HS256", drop=()):
    """A token as another back end would mint it, so that `verify` is held against PyJWT and not against `mint`."""
    payload = {"aud": AUDIENCE, "sub": "C-1001", "scope": "results", "exp": EXP} | (claims or {})
    return jwt.encode({k: v for k, v in payload.items() if k not in drop}, key, algorithm=algorithm)


def segment(value):
    return (
        base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode())
        .rstrip(b"=")
        .decode()
    )


def code(token, secret=SECRET, now=NOW):
    with pytest.raises(TokenError) as caught:
        verify(token, secret, now=now)
    return caught.value.code


def test_a_minted_token_says_whom_it_opens_and_until_when():
    token = mint(SECRET, " C-1001 ", scopes=["results", "comments"], now=NOW, lifetime_seconds=900)
    assert verify(token, SECRET, now=NOW) == Claims(
        "C-1001", frozenset({"results", "comments"}), NOW + timedelta(seconds=900)
    )


def test_a_minted_token_reads_as_documented():
    token = mint(SECRET, "C-1001", scopes=["results", "comments", "results"], now=NOW, lifetime_seconds=900)
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert jwt.decode(token, options={"verify_signature": False}) == {
        "aud": "netigate-results",
        "sub": "C-1001",
        "scope": "comments results",
        "iat": EXP - 900,
        "exp": EXP,
    }


@pytest.mark.parametrize(("secret", "customer"), [("short", "C-1"), (SECRET, "  "), (SECRET, "x" * 201)])
def test_minting_refuses_a_weak_secret_and_what_is_no_id(secret, customer):
    with pytest.raises(ValueError):
        mint(secret, customer, scopes=[], now=NOW, lifetime_seconds=900)


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(899, None), (900 + LEEWAY_SECONDS - 1, None), (900 + LEEWAY_SECONDS, "expired"), (9999, "expired")],
)
def test_time_is_over_a_few_seconds_after_exp(seconds, outcome):
    now = NOW + timedelta(seconds=seconds)
    if outcome is None:
        assert verify(foreign(), SECRET, now=now).customer_id == "C-1001"
    else:
        assert code(foreign(), now=now) == outcome


@pytest.mark.parametrize(
    ("seconds", "good"),
    [(MAX_LIFETIME_SECONDS + LEEWAY_SECONDS, True), (MAX_LIFETIME_SECONDS + LEEWAY_SECONDS + 1, False)],
)
def test_a_token_is_good_for_a_day_at_most(seconds, good):
    token = foreign({"exp": EXP - 900 + seconds})
    if good:
        assert verify(token, SECRET, now=NOW).customer_id == "C-1001"
    else:
        assert code(token) == "invalid"


TAMPERED = {
    "another secret": foreign(key="another-secret-of-thirty-two-bytes-or-more"),
    "another algorithm": foreign(key=SECRET * 2, algorithm="HS512"),
    "no algorithm": f"{segment({'alg': 'none'})}.{segment({'sub': 'C-1001', 'aud': AUDIENCE, 'exp': EXP})}.",
    "unsigned, claiming HS256": f"{segment({'alg': 'HS256'})}.{segment({'sub': 'C-1', 'aud': AUDIENCE, 'exp': EXP})}.",
    "another audience": foreign({"aud": "somebody-else"}),
    "no audience": foreign(drop=("aud",)),
    "no subject": foreign(drop=("sub",)),
    "a blank subject": foreign({"sub": "  "}),
    "no end": foreign(drop=("exp",)),
    "an end in words": foreign({"exp": "tomorrow"}),
    "an end beyond time": foreign({"exp": 10**30}),
    "an end that is no number": foreign({"exp": True}),
    "not yet": foreign({"nbf": EXP}),
    "a scope that is no text": foreign({"scope": ["results"]}),
    "a subject that is no text": f"{segment({'alg': 'HS256'})}.{segment({'sub': 5})}.x",
    "nothing": "",
    "not a token": "abc",
    "letters beyond ASCII": "å.ä.ö",
    "a deep header": f"{segment(b'[' * 2500)}.e30.x",
    "a long token": foreign({"pad": "x" * 5000}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_opens_nothing(name):
    assert code(TAMPERED[name]) == "invalid"


def test_an_expired_forgery_is_a_forgery():
    forged = foreign({"exp": EXP - 5000}, key="another-secret-of-thirty-two-bytes-or-more")
    assert code(forged) == "invalid"


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_weak_secret_opens_nothing(secret):
    assert code(foreign(), secret=secret) == "invalid"


def test_a_token_that_begins_within_the_leeway_is_good():
    assert verify(foreign({"nbf": int(NOW.timestamp()) + LEEWAY_SECONDS}), SECRET, now=NOW).scopes == {"results"}


def test_the_longest_id_fits_into_a_token():
    token = mint(SECRET, "😀" * 200, scopes=["results", "comments"], now=NOW, lifetime_seconds=900)
    assert verify(token, SECRET, now=NOW).customer_id == "😀" * 200


def test_a_token_without_scope_has_none():
    assert verify(foreign(drop=("scope",)), SECRET, now=NOW).scopes == frozenset()
