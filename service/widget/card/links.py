"""Links from a person on the card to the same person in the CRM: the operator's URL with the IDs put in. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final = ("contact_id", "customer_id", "respondent_id")
_BLANK = re.compile(r"\{(\w*)\}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
# Refused whatever the CRM is: schemes that a browser or the machine itself would run, open or send.
_NOT_A_CRM = frozenset({
    "about", "attachment", "blob", "chrome", "cid", "data", "feed", "file", "filesystem", "ftp", "ftps", "git", "hcp",
    "http", "imap", "intent", "irc", "jar", "javascript", "ldap", "livescript", "mailbox", "mailto", "mhtml", "mk",
    "mocha", "news", "nfs", "nntp", "res", "resource", "script", "sftp", "shell", "sip", "sips", "sms", "smb", "ssh",
    "steam", "svn", "tel", "telnet", "tftp", "urn", "vbscript", "view-source", "vnd", "wais", "wpad", "ws", "wss",
    "wyciwyg",
})  # fmt: skip
_NOT_A_CRM_BEGINS = ("ms-", "chrome-", "moz-", "edge", "search", "x-")
_CRM_BEGINS = ("ms-dynamics",)
# As encodeURIComponent leaves them, so that the page and the component write the same address.
_LEFT_BY_BROWSERS = "!'()*"
_NO_PATH_SEGMENTS = {".", ".."}  # a browser takes these out of an address, encoded or not


def template_fault(template: str) -> str | None:
    """What is wrong with a template, without repeating it; None where nothing is."""
    scheme, colon, rest = template.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme) or _is_no_crm(scheme.lower()):
        return "must begin with https:// or with the CRM's own scheme"
    if not template.isprintable() or re.search(r"[\s\\\"<>`^|]", template):
        return "must be an address without spaces, quotes, angle brackets or backslashes"
    blanks = _BLANK.findall(rest)
    if not blanks or set(blanks) - set(NAMES) or re.search(r"[{}]", _BLANK.sub("", template)):
        return "must hold one or more of " + ", ".join(f"{{{name}}}" for name in NAMES) + " and no other braces"
    return _place_fault(template) if scheme.lower() == "https" else None


def _is_no_crm(scheme: str) -> bool:
    return scheme in _NOT_A_CRM or (scheme.startswith(_NOT_A_CRM_BEGINS) and not scheme.startswith(_CRM_BEGINS))


def _place_fault(template: str) -> str | None:
    """The fault of an https template whose server is not fixed: IDs come from outside, and may choose only the page."""
    wanted = "must name its server in full, without an ID or a user name in it"
    try:
        parts = urlsplit(template)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return wanted
    return None if named and "@" not in parts.netloc and not _BLANK.search(parts.netloc) else wanted


def link(template: str | None, ids: Mapping[str, str | int | None]) -> str | None:
    """The address of a person; None where the template wants an ID that is not known, or cannot stand in a path."""
    if template is None:
        return None
    values = {name: ids.get(name) for name in _BLANK.findall(template)}
    if any(value is None or str(value) in _NO_PATH_SEGMENTS for value in values.values()):
        return None
    return _BLANK.sub(lambda blank: quote(str(values[blank[1]]), safe=_LEFT_BY_BROWSERS), template)
