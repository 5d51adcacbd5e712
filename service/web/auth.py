"""Who asks, and what they may see."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import g, request

from service.survey.identity import clean_id
from service.web.problems import ForbiddenError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from wsgiref.types import WSGIEnvironment

    from service.web.api_keys import ApiKey

P = ParamSpec("P")
R = TypeVar("R")
MAX_KEY_LENGTH = 4096
ADMITTED = "netigate-results.admitted"  # WSGI environment key: the request was counted already
WITHHELD = "netigate-results.withheld"  # the same: scopes that the request must not use although its key has them
_TOKEN_DOTS = 2


@dataclass(frozen=True, slots=True)
class Caller:
    """A known caller. `customer_id` is set where the caller may see that customer alone."""

    name: str
    scopes: frozenset[str]
    customer_id: str | None = None

    @property
    def limited_as(self) -> str:
        """The name that its requests are counted under: a card's by customer, so that no card starves the others."""
        if self.customer_id is None:
            return self.name
        return f"{self.name}.{hashlib.blake2b(self.customer_id.encode(), digest_size=12).hexdigest()}"


class KeyRing:
    """The callers' keys, known by digest only. A key is compared with all of them, each time in constant time."""

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self._keys = [(bytes.fromhex(key.digest), Caller(key.name, key.scopes)) for key in keys]

    def caller(self, key: str) -> Caller | None:
        digest = hashlib.sha256(_as_sent(key)).digest()
        found = None
        for known, caller in self._keys:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def _as_sent(key: str) -> bytes:
    """The bytes of a header's value, which WSGI hands on as Latin-1."""
    try:
        return key.encode("latin-1")
    except UnicodeEncodeError:
        return key.encode()


def bearer(environ: WSGIEnvironment) -> str | None:
    """The bearer credential of a request; None where there is none."""
    scheme, _, credential = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    credential = credential.strip()
    return credential if scheme.lower() == "bearer" and 0 < len(credential) <= MAX_KEY_LENGTH else None


class Authorizer:
    """Lets a view be called only by callers with its scope."""

    def __init__(
        self, identify: Callable[[str], Caller | None], admit: Callable[[str], None] = lambda _caller: None
    ) -> None:
        """`admit` raises TooManyRequestsError for a caller that is over its limit."""
        self._identify = identify
        self._admit = admit

    def admit(self, caller: Caller) -> None:
        """Count one request of the caller's. Raises TooManyRequestsError."""
        self._admit(caller.limited_as)

    def known(self, environ: WSGIEnvironment, scope: str) -> Caller | None:
        """The caller whose key the request brings and whose key has the scope; None for a card's token and all else."""
        credential = bearer(environ)
        if not credential or credential.count(".") == _TOKEN_DOTS:
            return None
        caller = self._identify(credential)
        return caller if caller and caller.customer_id is None and scope in caller.scopes else None

    def requires(self, scope: str | None, *, card: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Decorate a view; without a scope any key will do.

        card: also accept a card's token, if the view's `identifier` is its customer.
        """

        def decorate(view: Callable[P, R]) -> Callable[P, R]:
            @wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
                credential = bearer(request.environ)
                caller = self._identify(credential) if credential else None
                if caller is None:
                    raise UnauthorizedError
                withheld = request.environ.get(WITHHELD)
                g.caller = caller = replace(caller, scopes=caller.scopes - withheld) if withheld else caller
                if not request.environ.get(ADMITTED):
                    self.admit(caller)
                if scope not in {None, *caller.scopes} or not _within(caller, kwargs.get("identifier"), card=card):
                    raise ForbiddenError
                return view(*args, **kwargs)

            return guarded

        return decorate


def _within(caller: Caller, identifier: object, *, card: bool) -> bool:
    """Whether a caller that may see one customer alone asks for that one."""
    if caller.customer_id is None:
        return True
    return card and clean_id(str(identifier)) == caller.customer_id


def may_see_comments() -> bool:
    return "comments" in g.caller.scopes
