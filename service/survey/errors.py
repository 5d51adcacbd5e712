"""Errors by who is at fault. They carry data, never prose and never an upstream's body (which is personal data)."""

from __future__ import annotations


class ServiceError(Exception):
    """Whatever this service raises on purpose."""


class UpstreamError(ServiceError):
    """Netigate did not give what was asked for. What is stored stays."""

    def __init__(self, route: str, *, status: int | None = None, cause: str = "") -> None:
        """Route is the path template, never the path; cause is a word such as `timeout`, never a body."""
        super().__init__(f"{route}: {cause or status}")
        self.route = route
        self.status = status
        self.cause = cause


class NotFoundError(UpstreamError):
    """Netigate says, in JSON, that it does not exist (404). The only error that may remove anything."""


class UnavailableError(UpstreamError):
    """Timeout, connection, 5xx, an HTML page, a truncated body, an error inside a 200."""

    def __init__(self, route: str, *, status: int | None = None, cause: str = "", retry_after: float = 0.0) -> None:
        super().__init__(route, status=status, cause=cause)
        self.retry_after = retry_after  # seconds; 0 where the upstream named none


class RateLimitedError(UnavailableError):
    """429: Netigate asks everybody to wait."""


class RejectedError(UpstreamError):
    """401 or 403: the API key is not, or no longer, good for this."""


class MalformedError(UpstreamError):
    """JSON that is not what the documentation says, beyond what tolerance covers."""


class BadRequestError(UpstreamError):
    """400: Netigate refuses what was asked; asking again is no use."""


class StoreError(ServiceError):
    """The store cannot answer."""


class StoreAwayError(StoreError):
    """Redis cannot be reached, is loading, or has failed over and not yet recovered."""


class DamagedValueError(StoreError):
    """A stored value cannot be read: cut short, foreign, of another format, or of another type of Redis."""


class StorePasswordError(StoreAwayError):
    """Redis refuses the name or the password that it is asked with."""


class StoreRefusedError(StoreError):
    """Redis answers, and refuses this one request; others may go on. `kind` is a word of `refusals.KINDS`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class ForeignAnswerError(StoreError):
    """Redis gave what belongs to somebody else. It was thrown away."""


class StaleLeaseError(StoreError):
    """Somebody else sweeps this survey by now: the fencing token is not the newest."""


class BadCursorError(ServiceError):
    """A cursor that this service never gave."""
