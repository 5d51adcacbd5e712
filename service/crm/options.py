"""The hosts' options: what each is called, what it means, and how the environment becomes values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.widget.options import MIN_SECRET_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

# Name and sentence. PUBLIC_URL, WIDGET_SECRET and WIDGET_TOKEN_SECONDS are in service/options/option_table.py.
CRM_OPTIONS: tuple[tuple[str, str], ...] = (
    ("CRM_COMMENTS", "1 shows customers' free text in every CRM that is on; 0, the default, leaves it out."),
    ("HUBSPOT_CLIENT_SECRET", "Client secret of the HubSpot app; turns HubSpot on. Needs PUBLIC_URL."),
    ("HUBSPOT_PORTAL_ID", "HubSpot account (portal) to answer; unset: every account that has installed the app."),
    ("PIPEDRIVE_JWT_SECRET", "JWT secret of the JSON panel, 32 characters or more; turns Pipedrive on."),
    ("PIPEDRIVE_COMPANY_ID", "Pipedrive company to answer; unset: every company that has installed the app."),
    ("PIPEDRIVE_API_TOKEN", "API token of a Pipedrive user; reads PIPEDRIVE_CUSTOMER_FIELD of the record."),
    (
        "PIPEDRIVE_CUSTOMER_FIELD",
        "Key (40 characters) of the custom field with the customer ID; unset: the record's.",
    ),
    ("PIPEDRIVE_RESOURCE", "Record whose id is the customer ID: organization (default), person or deal."),
    ("ZENDESK_PUBLIC_KEY", "Public key of the Zendesk app, PEM, line breaks as they are or as \\n; turns Zendesk on."),
    ("ZENDESK_AUDIENCE", "https://SUBDOMAIN.zendesk.com/api/v2/apps/installations/ID.json of the installed app."),
    ("ZENDESK_CUSTOMER_FIELD", "Field of the organization that is the customer ID: id (default) or external_id."),
    ("SALESFORCE_CONSUMER_SECRET", "Consumer secret of the app with Canvas; turns Salesforce on."),
    ("SALESFORCE_ORGANIZATION_ID", "Salesforce organization to answer, 18 characters; unset: every one with the app."),
    ("SALESFORCE_CUSTOMER_FIELD", "Where the customer ID stands in the request: record.Id (default) or another field."),
)

PIPEDRIVE_RESOURCES = ("organization", "person", "deal")
ZENDESK_FIELDS = ("id", "external_id")
MIN_RSA_BITS = 2048
_FIELD_KEY = re.compile(r"[0-9a-f]{40}")
_SALESFORCE_FIELD = re.compile(r"(record|parameters)\.[A-Za-z]\w*", re.ASCII)
_SALESFORCE_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
# These may be read from files (NAME_FILE).
CRM_SECRETS = frozenset(name for name, _ in CRM_OPTIONS if name.endswith(("_SECRET", "_PUBLIC_KEY", "_TOKEN")))
_ZENDESK_AUDIENCE = re.compile(r"https://[a-z0-9-]+\.zendesk\.com/api/v2/apps/installations/[0-9]+\.json")
SALESFORCE_ANCESTORS = ("https://*.salesforce.com", "https://*.force.com")  # wherever Salesforce shows a canvas app


@dataclass(frozen=True, slots=True)
class CardOptions:
    """What a redirect to the card needs. `public_url` has no slash at its end."""

    public_url: str
    secret: str = field(repr=False)
    token_seconds: int
    comments: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        return ("results", "comments") if self.comments else ("results",)


@dataclass(frozen=True, slots=True)
class HubSpotOptions:
    """`public_url` is the URL that the signature covers. With `portal_id` None, every account is answered."""

    client_secret: str = field(repr=False)
    public_url: str
    portal_id: str | None = None
    comments: bool = False


@dataclass(frozen=True, slots=True)
class PipedriveOptions:
    """`resource`: the kind of record whose id or custom field is the customer ID. Without `card`: no link to it."""

    jwt_secret: str = field(repr=False)
    company_id: str | None = None
    resource: str = "organization"
    comments: bool = False
    api_token: str | None = field(default=None, repr=False)
    customer_field: str | None = None
    card: CardOptions | None = None


@dataclass(frozen=True, slots=True)
class ZendeskOptions:
    """`audience` names the installation, and with it the Zendesk that may frame the app."""

    public_key: RSAPublicKey = field(repr=False)
    audience: str
    card: CardOptions
    customer_field: str = "id"

    @property
    def origin(self) -> str:
        return "https://" + (urlsplit(self.audience).hostname or "")


@dataclass(frozen=True, slots=True)
class SalesforceOptions:
    """`customer_field` is `record.` or `parameters.` and a field's name."""

    consumer_secret: str = field(repr=False)
    card: CardOptions
    organization_id: str | None = None
    customer_field: str = "record.Id"


@dataclass(frozen=True, slots=True)
class CrmOptions:
    """The hosts that are on."""

    hubspot: HubSpotOptions | None = None
    pipedrive: PipedriveOptions | None = None
    zendesk: ZendeskOptions | None = None
    salesforce: SalesforceOptions | None = None

    @property
    def card_ancestors(self) -> tuple[str, ...]:
        """Who may frame the card besides WIDGET_FRAME_ANCESTORS: our own pages that hold it, and their hosts."""
        zendesk = (self.zendesk.origin,) if self.zendesk else ()
        hosts = (*zendesk, *(SALESFORCE_ANCESTORS if self.salesforce else ()))
        return ("'self'", *hosts) if hosts else ()


def read_options(
    values: Mapping[str, str], *, public_url: str | None, widget_secret: str | None, token_seconds: int
) -> tuple[CrmOptions, list[str]]:
    """Options from the environment, and a sentence for each that is wrong (naming it, never its value).

    A host is on when its secret is set; empty is unset. If there are problems, do not use the options.
    """
    return _Reader(values, public_url, widget_secret, token_seconds).read()


class _Reader:
    def __init__(
        self, values: Mapping[str, str], public_url: str | None, widget_secret: str | None, token_seconds: int
    ) -> None:
        self.values = {name: text for name, _ in CRM_OPTIONS if (text := values.get(name, "").strip())}
        self.public_url = (public_url or "").rstrip("/")
        self.widget_secret = widget_secret or ""
        self.token_seconds = token_seconds
        self.problems: list[str] = []

    def read(self) -> tuple[CrmOptions, list[str]]:
        comments = self._choice("CRM_COMMENTS", ("0", "1"), "0") == "1"
        options = CrmOptions(
            hubspot=self._hubspot(comments),
            pipedrive=self._pipedrive(comments),
            zendesk=self._zendesk(comments),
            salesforce=self._salesforce(comments),
        )
        return options, list(dict.fromkeys(self.problems))

    def _hubspot(self, comments: bool) -> HubSpotOptions | None:  # noqa: FBT001
        secret = self.values.get("HUBSPOT_CLIENT_SECRET")
        if secret is None:
            return None
        self._needs_public_url("HUBSPOT_CLIENT_SECRET")
        return HubSpotOptions(secret, self.public_url, self._digits("HUBSPOT_PORTAL_ID"), comments)

    def _pipedrive(self, comments: bool) -> PipedriveOptions | None:  # noqa: FBT001
        secret = self.values.get("PIPEDRIVE_JWT_SECRET")
        if secret is None:
            return None
        if len(secret.encode()) < MIN_SECRET_BYTES:
            self.problems.append(f"PIPEDRIVE_JWT_SECRET needs at least {MIN_SECRET_BYTES} characters.")
        resource = self._choice("PIPEDRIVE_RESOURCE", PIPEDRIVE_RESOURCES, "organization")
        token, key = self.values.get("PIPEDRIVE_API_TOKEN"), self._like("PIPEDRIVE_CUSTOMER_FIELD", _FIELD_KEY, "")
        if bool(token) != bool(self.values.get("PIPEDRIVE_CUSTOMER_FIELD")):
            self.problems.append("PIPEDRIVE_API_TOKEN and PIPEDRIVE_CUSTOMER_FIELD need each other.")
        company = self._digits("PIPEDRIVE_COMPANY_ID")
        # The panel works without the card, and links to it where there is one.
        has_card = _is_address(self.public_url) and len(self.widget_secret.encode()) >= MIN_SECRET_BYTES
        card = CardOptions(self.public_url, self.widget_secret, self.token_seconds, comments) if has_card else None
        return PipedriveOptions(secret, company, resource, comments, token, key or None, card)

    def _zendesk(self, comments: bool) -> ZendeskOptions | None:  # noqa: FBT001
        pem = self.values.get("ZENDESK_PUBLIC_KEY")
        if pem is None:
            return None
        key = _rsa_key(pem.replace("\\n", "\n"))
        if key is None:
            self.problems.append(f"ZENDESK_PUBLIC_KEY is no RSA public key in PEM of {MIN_RSA_BITS} bits or more.")
        audience = self._like("ZENDESK_AUDIENCE", _ZENDESK_AUDIENCE, "")
        if not audience:
            self.problems.append("ZENDESK_AUDIENCE must name the installation of the Zendesk app.")
        where = self._choice("ZENDESK_CUSTOMER_FIELD", ZENDESK_FIELDS, "id")
        card = self._card("ZENDESK_PUBLIC_KEY", comments)
        return ZendeskOptions(key, audience, card, where) if key else None

    def _salesforce(self, comments: bool) -> SalesforceOptions | None:  # noqa: FBT001
        secret = self.values.get("SALESFORCE_CONSUMER_SECRET")
        if secret is None:
            return None
        organization = self._like("SALESFORCE_ORGANIZATION_ID", _SALESFORCE_ID, "") or None
        where = self._like("SALESFORCE_CUSTOMER_FIELD", _SALESFORCE_FIELD, "record.Id")
        return SalesforceOptions(secret, self._card("SALESFORCE_CONSUMER_SECRET", comments), organization, where)

    def _card(self, name: str, comments: bool) -> CardOptions:  # noqa: FBT001
        self._needs_public_url(name)
        if len(self.widget_secret.encode()) < MIN_SECRET_BYTES:
            self.problems.append(f"{name} needs WIDGET_SECRET, of at least {MIN_SECRET_BYTES} characters.")
        return CardOptions(self.public_url, self.widget_secret, self.token_seconds, comments)

    def _needs_public_url(self, name: str) -> None:
        if not _is_address(self.public_url):
            self.problems.append(f"{name} needs PUBLIC_URL, the address under which the host reaches this service.")

    def _digits(self, name: str) -> str | None:
        return self._like(name, re.compile(r"[0-9]{1,20}"), "") or None

    def _choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        return self._like(name, re.compile("|".join(allowed)), default)

    def _like(self, name: str, pattern: re.Pattern[str], default: str) -> str:
        text = self.values.get(name, default)
        if text and not pattern.fullmatch(text):
            self.problems.append(f"{name} is not as documented: {dict(CRM_OPTIONS)[name]}")
        return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def _rsa_key(pem: str) -> RSAPublicKey | None:
    # Only here: every process reads these options, and cryptography takes 10 MB.
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= MIN_RSA_BITS else None
