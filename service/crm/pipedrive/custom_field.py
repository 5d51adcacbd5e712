"""The customer's ID from a custom field of the Pipedrive record, by Pipedrive's API (v2).

A panel's request holds only the record's id, so the field is fetched, and kept for a while for each record.
Source: developers.pipedrive.com, "Get details of an organization" and "Custom fields".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
import requests

from service.netigate.deadline import BoundedSession, within
from service.survey.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.ports import Clock

API = "https://api.pipedrive.com/api/v2"
PATHS: Mapping[str, str] = {"organization": "organizations", "person": "persons", "deal": "deals"}
TIMEOUT = (1.0, 2.0)  # seconds to connect, and to read; Pipedrive does not wait long for the panel
LONGEST_SECONDS = 3.0  # for the whole reply
MAX_BODY = 256 * 1024  # bytes; a record with one custom field has some 2 kB
CONNECTIONS = 8  # kept open, at most; a web process has 8 threads unless WEB_THREADS says otherwise
KEEP_SECONDS = 600  # a field that was filled; an empty one is asked for again after a minute
KEEP_EMPTY_SECONDS = 60
MOST_KEPT = 10_000  # records
NOT_FOUND = 404


class PipedriveAwayError(ServiceError):
    """Pipedrive did not give the field: it is away or slow, refuses the token, or sends nonsense."""


@dataclass
class CustomField:
    """The field `key` of records of one kind. `token` is of a Pipedrive user who must be able to see the records."""

    resource: str
    key: str
    token: str = field(repr=False)
    clock: Clock
    api: str = API
    session: BoundedSession = field(init=False, repr=False)
    _kept: dict[str, tuple[float, str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.session = BoundedSession(self._as_the_user, connections=CONNECTIONS)

    def _as_the_user(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["x-api-token"] = self.token
        return prepared

    def customer_id(self, record: str) -> str:
        """Find the customer's ID of a record; empty if the field is empty or there is no such record.

        Raises PipedriveAwayError.
        """
        now = self.clock.monotonic()
        until, known = self._kept.get(record, (now, ""))
        if now < until:
            return known
        found = self._ask(record)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[record] = now + (KEEP_SECONDS if found else KEEP_EMPTY_SECONDS), found
        return found

    def _ask(self, record: str) -> str:
        until = self.clock.monotonic() + LONGEST_SECONDS
        try:
            with (
                within(lambda: min(TIMEOUT[1], until - self.clock.monotonic())),
                self.session.get(
                    f"{self.api}/{PATHS[self.resource]}/{record}",
                    params={"custom_fields": self.key},
                    headers={"Accept": "application/json"},
                    timeout=TIMEOUT,
                    allow_redirects=False,
                    stream=True,
                ) as reply,
            ):
                if reply.status_code == NOT_FOUND:
                    return ""
                document = orjson.loads(_body(reply)) if reply.ok else None
        except (requests.RequestException, orjson.JSONDecodeError) as error:
            raise PipedriveAwayError from error
        data = document.get("data") if isinstance(document, dict) else None
        fields = data.get("custom_fields") if isinstance(data, dict) else None
        if not isinstance(fields, dict):
            raise PipedriveAwayError
        value = fields.get(self.key)
        return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _body(reply: requests.Response) -> bytes:
    """Read the whole reply. Raises PipedriveAwayError if it is too long."""
    body = b""
    for part in reply.iter_content(MAX_BODY):
        body += part
        if len(body) > MAX_BODY:
            raise PipedriveAwayError
    return body
