"""A short path for the read that sidebars make most: the same steps, without Flask's request context.

Authorization, look-up, response, log and metrics are those of every route; a test compares the answers.
All but the plain case (no key, a card's token, another origin, an odd ID, a store that is away) is left to the route.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.survey.identity import clean_id
from service.web.auth import ADMITTED
from service.web.responses import prepare

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from service.cache.freshness import FreshnessRule
    from service.cache.lookup import Lookup
    from service.web.application import Prepared
    from service.web.auth import Authorizer
    from service.web.operations.access_log import AccessLog

BEFORE: Final = "/v1/customers/"
BEHIND: Final = "/satisfaction"
ROUTE: Final = f"{BEFORE}{{id}}{BEHIND}"
SCOPE: Final = "results"


class FastPath:
    """Answers a plain read of one customer's summary; None leaves it to the route."""

    def __init__(self, authorizer: Authorizer, lookup: Lookup, rule: FreshnessRule, access: AccessLog) -> None:
        self._authorizer = authorizer
        self._lookup = lookup
        self._rule = rule
        self._access = access

    def __call__(self, environ: WSGIEnvironment) -> Prepared | None:
        customer = _customer(environ)
        caller = self._authorizer.known(environ, SCOPE) if customer else None
        if customer is None or caller is None:
            return None
        begun = self._access.begin(environ)
        try:
            self._authorizer.admit(caller)
            environ[ADMITTED] = True
            reply = self._lookup.satisfaction(customer, comments="comments" in caller.scopes)
            response = prepare(reply, self._rule, environ.get("HTTP_IF_NONE_MATCH"))
        except Exception:  # noqa: BLE001  (the route meets the same error, and answers with its problem)
            return None
        self._access.end("GET", ROUTE, response, begun, caller.name)
        return response


def _customer(environ: WSGIEnvironment) -> str | None:
    path: str = environ["PATH_INFO"]
    if not (path.endswith(BEHIND) and path.startswith(BEFORE) and environ["REQUEST_METHOD"] == "GET"):
        return None
    if environ.get("QUERY_STRING"):  # the route refuses it, and says why
        return None
    identifier = path[len(BEFORE) : -len(BEHIND)]
    if not identifier.isascii() or "/" in identifier or environ.get("SCRIPT_NAME") or "HTTP_ORIGIN" in environ:
        return None
    return clean_id(identifier)
