"""Parsers of the options' texts, which have no space around them and are not empty unless an option's default is.

Each raises ValidationError that says what the value must be, never the value.
"""

from __future__ import annotations

import base64
import re
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from environs import ValidationError

from service.alerts.addresses import fault as address_fault
from service.options import scoring_file
from service.store.connection.clients import SCHEMES
from service.survey.changes import ChangeKind
from service.web.api_keys import ApiKey, parse_api_keys
from service.widget.card.links import template_fault
from service.widget.options import MIN_SECRET_BYTES
from service.widget.texts import SPELLINGS, load_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.survey.scoring.overrides import Overrides

MIN_WEBHOOK_SECRET_BYTES = 24  # as Standard Webhooks has it
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


def number(low: float, high: float, *, whole: bool = False) -> Callable[[str], float]:
    kind = "a whole number" if whole else "a number"

    def parse(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            raise ValidationError(f"must be {kind}") from None
        if not low <= value <= high:
            raise ValidationError(f"must be {kind} from {low:g} to {high:g}")
        return value

    return parse


def _split(text: str, *, one_host: bool) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port if one_host else None  # reading it raises ValueError for a port that is no number
    except ValueError:
        return None
    return parts


def _address(text: str, wanted: str) -> str:
    parts = _split(text, one_host=True)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValidationError(wanted)
    if parts.query or parts.fragment or parts.username is not None:
        raise ValidationError(wanted)
    return text.rstrip("/")


def host(text: str) -> str:
    address = text.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address("127.0.0.1" if address == "localhost" else address))
    except ValueError:
        raise ValidationError("must be an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::") from None


def choice(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValidationError("must be one of " + ", ".join(words))
        return text

    return parse


def base_url(text: str) -> str:
    must = "must be an http(s) address through /api/v1.2"
    address = _address(text, must)
    if not urlsplit(address).path.strip("/"):
        raise ValidationError(must)
    return address


def api_key(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValidationError("must be the API key as Netigate shows it, and nothing else")
    return text


def redis_url(text: str) -> str:
    parts = _split(text, one_host=text.startswith(("redis://", "rediss://")))
    if parts is None or parts.scheme not in SCHEMES:
        raise ValidationError("must be an address whose scheme is one of " + ", ".join(sorted(SCHEMES)))
    return text


def surveys(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise ValidationError("must be survey ids with commas between, such as 4711,4712")
    return tuple(dict.fromkeys(int(part) for part in parts))


def api_keys(text: str) -> tuple[ApiKey, ...]:
    try:
        return parse_api_keys(text)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def switch(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValidationError("must be 0 or 1")
    return text == "1"


def scoring(text: str) -> Overrides:
    path = Path(text)
    if not path.is_file():
        raise ValidationError("must name a file that can be read")
    try:
        return scoring_file.load(path)
    except scoring_file.ScoringFileError as error:
        place = f"line {error.line}: " if error.line else ""
        raise ValidationError(place + error.problem) from None


def secret(text: str) -> str:
    if len(text.encode()) < MIN_SECRET_BYTES:
        raise ValidationError(f"must be {MIN_SECRET_BYTES} bytes or longer")
    return text


def public_url(text: str) -> str:
    return _address(text, "must be an http(s) address")


def contact_url(text: str) -> str:
    fault = template_fault(text)
    if fault:
        raise ValidationError(fault)
    return text


def origins(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().rstrip("/") for part in text.replace(" ", ",").split(",") if part.strip())
    for number, origin in enumerate(found, 1):
        if not _ORIGIN.fullmatch(origin):
            raise ValidationError(f"entry {number} is not an origin such as https://crm.example.com")
    return found


def page_origins(text: str) -> tuple[str, ...]:
    found = origins(text)
    for number, origin in enumerate(found, 1):
        if "*" in origin:  # fit for a frame policy only: an Origin header is compared as a whole
            raise ValidationError(f"entry {number} has a *: name each origin in full, such as https://crm.example.com")
    return found


def alert_url(text: str) -> str:
    wrong = address_fault(text)
    if wrong:
        raise ValidationError(wrong)
    return text


def webhook_secrets(text: str) -> tuple[str, ...]:
    """The secrets, each as Standard Webhooks writes it; the first is the current one."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for secret in found:
        plain = secret.removeprefix("whsec_")
        try:
            size = len(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
        except ValueError:
            size = 0
        if size < MIN_WEBHOOK_SECRET_BYTES:
            raise ValidationError(f"must be whsec_ and {MIN_WEBHOOK_SECRET_BYTES} bytes or more as Base64")
    return found


def change_kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not kinds or not set(kinds) <= {*ChangeKind}:
        raise ValidationError("must be some of " + ", ".join(ChangeKind) + ", with commas between")
    return kinds


def language(text: str) -> str:
    known = sorted(load_texts())
    wanted = text.lower()
    code = SPELLINGS.get(wanted, wanted)
    if code not in known:
        raise ValidationError("must be one of " + ", ".join(known))
    return code
