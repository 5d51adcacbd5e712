"""What would be served with the present options, and the URLs that an administrator pastes into each CRM."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from service.crm import salesforce, zendesk
from service.crm.options import CrmOptions
from service.crm.pipedrive import route as pipedrive

if TYPE_CHECKING:
    from service.commands.check.report import Report

UNKNOWN: Final = "https://…"  # what is printed for an address that is not set


@dataclass(frozen=True, slots=True)
class On:
    """What the options turn on. `callers` are the names of the API's keys."""

    callers: tuple[str, ...] = ()
    public_url: str | None = None
    card: bool = False
    mcp: bool = False
    crm: CrmOptions = field(default_factory=CrmOptions)
    alerts: tuple[str, ...] = ()  # destinations


@dataclass(frozen=True, slots=True)
class Host:
    """One CRM. `key`: its field of CrmOptions. `option`: turns it on. `where`: the place to paste `address`."""

    key: str
    name: str
    option: str
    where: str
    address: str  # `{url}`: PUBLIC_URL


HOSTS: Final = (
    Host(
        "hubspot", "HubSpot", "HUBSPOT_CLIENT_SECRET",
        "permittedUrls.fetch of app-hsmeta.json, PUBLIC_URL of SatisfactionCard.jsx", "{url}",
    ),
    Host(
        "pipedrive", "Pipedrive", "PIPEDRIVE_JWT_SECRET",
        "API endpoint of the JSON panel; /sv at its end for Swedish", "{url}" + pipedrive.PATH,
    ),
    Host("zendesk", "Zendesk", "ZENDESK_PUBLIC_KEY", "url in manifest.json, twice", "{url}" + zendesk.PATH),
    Host("salesforce", "Salesforce", "SALESFORCE_CONSUMER_SECRET", "Canvas App URL", "{url}" + salesforce.PATH),
)  # fmt: skip
RANDOM_TEXT: Final = "openssl rand -hex 32"


def tell_what_is_on(report: Report, on: On) -> None:
    """Report what is on, how to turn on the rest, and what to paste into each CRM."""
    url = (on.public_url or UNKNOWN).rstrip("/")
    report.title("What is on")
    if on.callers:
        report.good(f"the API, for {', '.join(dict.fromkeys(on.callers))}: {url}/v1/customers/ID/satisfaction")
    else:
        report.note("the API has no key yet: netigate-results key crm --scope results")
    if on.card:
        report.good(f"the card, with a token: {url}/widget/customers/ID?token=… · {url}/embed.js")
    else:
        report.note(f"no card: WIDGET_SECRET is unset; {RANDOM_TEXT} makes one")
    if on.alerts:
        report.good(f"alerts to {', '.join(on.alerts)}; netigate-results alerts --test sends a sample")
    else:
        report.note("no alerts: ALERT_SLACK_URL, ALERT_TEAMS_URL and ALERT_WEBHOOK_URL are unset")
    if on.mcp:
        report.good(f"assistants (MCP): {url}/mcp")
    off = []
    for host in HOSTS:
        if getattr(on.crm, host.key) is None:
            off.append(f"{host.name} ({host.option})")
            continue
        report.good(f"{host.name}; paste there:")
        report.plain(f"{host.address.format(url=url)}  ({host.where})")
    if off:
        report.note(f"off: {', '.join(off)}")
    _tell_address(report, on, shown=on.card or on.mcp or len(off) < len(HOSTS))


def _tell_address(report: Report, on: On, *, shown: bool) -> None:
    if shown and on.public_url is None:
        report.note("PUBLIC_URL is unset: set it to the https address under which CRMs reach this service")
    if on.public_url and not on.public_url.startswith("https://"):
        report.note("PUBLIC_URL is not https: CRMs show only what comes by https")
