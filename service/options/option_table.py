"""Every option: one row each, in the order of docs/options.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.crm.options import CRM_SECRETS
from service.options import parsers as read
from service.widget.options import MAX_LIFETIME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

SWEDISH_SERVER = "https://www.netigate.se/api/v1.2"
GERMAN_SERVER = "https://www.ntgt.de/api/v1.2"


@dataclass(frozen=True, slots=True)
class Option:
    """One environment variable: how it is read, its default, and its sentence in docs/options.md."""

    name: str
    parse: Callable[[str], Any]
    default: str | None  # as an operator would write it; None where there is none
    text: str
    required: bool = False
    secret: bool = False  # may stand in a file that NAME_FILE names


OPTIONS = (
    Option("PORT", read.number(0, 65535, whole=True), "8000", "port of the HTTP service"),
    Option("HOST", read.host, None, "address to listen on, IPv4 or IPv6; unset: 0.0.0.0, the demo 127.0.0.1"),
    Option(
        "WEB_SERVER", read.choice("granian", "gunicorn"), "granian",
        "the server that runs the application; where granian is not installed, gunicorn",
    ),
    Option(
        "DRAIN_SECONDS", read.number(0, 600), "0",
        "time for which `/readyz` says 503 before the service stops listening",
    ),
    Option(
        "HEARTBEAT_FILE", Path, None,
        "file that a worker renews and `alive` looks at, another for each worker; unset: in the temporary folder",
    ),
    Option("NETIGATE_API_KEY", read.api_key, None, "the account's API key; unset: the demo", secret=True),
    Option("NETIGATE_BASE_URL", read.base_url, SWEDISH_SERVER, f"the account's server (German: `{GERMAN_SERVER}`)"),
    Option("NETIGATE_SURVEYS", read.surveys, None, "ids of the surveys to serve, with commas between", required=True),
    Option(
        "NETIGATE_CUSTOMER_LABEL", str, None,
        "background label that holds the CRM's customer ID: its id or its name", required=True,
    ),
    Option("NETIGATE_CONTACT_LABEL", str, None, "background label that holds the CRM's contact ID"),
    Option(
        "NETIGATE_CONTACT_NAME_LABEL", str, None,
        "background label that holds the contact's name; unset: no names are kept",
    ),
    Option("NETIGATE_ACCOUNT", str, None, "name that keeps an account's data in Redis when its API key changes"),
    Option(
        "REDIS_URL", read.redis_url, None, "`redis://`, `rediss://`, `unix://`; unset: an embedded server",
        secret=True,
    ),
    Option("REDIS_TIMEOUT_SECONDS", read.number(0.01, 60), "0.25", "what a Redis that hangs may cost a reader"),
    Option("DATA_DIR", Path, "./data", "where the embedded server keeps its data, and each worker who was purged"),
    Option("SWEEP_INTERVAL_SECONDS", read.number(1, 86400), "60", "time between two sweeps of a survey"),
    Option(
        "SWEEP_OVERLAP_SECONDS", read.number(0, 86400), "120",
        "how far each sweep reaches back before the last one",
    ),
    Option("READ_BUDGET_SECONDS", read.number(0.05, 60), "2.5", "longest that a reader waits for Netigate"),
    Option(
        "UPSTREAM_CONCURRENCY", read.number(1, 64, whole=True), "4",
        "calls to Netigate at once, over all processes",
    ),
    Option("AUTH_PROBE_SECONDS", read.number(1, 86400), "60", "time between two tries while Netigate refuses the key"),
    Option(
        "RECONCILE_INTERVAL_SECONDS", read.number(1, 604800), "3600",
        "time between two comparisons with Netigate's list of answer sets",
    ),
    Option(
        "CATALOGUE_INTERVAL_SECONDS", read.number(0.05, 604800), "600",
        "time between two readings of a survey's questions",
    ),
    Option(
        "TREE_CONFIRM_SECONDS", read.number(0.05, 604800), "300",
        "how long questions that lack much must stay so to be believed",
    ),
    Option(
        "REREAD_DAYS", read.number(0.00001, 3650), "7",
        "time in which every old answer is read again, since not every change moves its date",
    ),
    Option(
        "GONE_DAYS", read.number(0.00001, 3650), "3",
        "how long a survey must be gone in Netigate, or an answer set unreadable, until it is removed here",
    ),
    Option(
        "FRESH_FOR_SECONDS", read.number(1, 604800), None,
        "age up to which an answer is `fresh`; unset: 3 intervals",
    ),
    Option(
        "API_KEYS", read.api_keys, None,
        "callers' keys: `name:sha256-hex-of-the-key:scope+scope`, with commas between; scopes `results`, `comments`, "
        "`changes`", required=True, secret=True,
    ),
    Option("SCORING_FILE", read.scoring, None, "file of scoring overrides (TOML)"),
    Option("DROP_POINTS", read.number(0.1, 100), "25", "fall of a score that is told as `dropped`"),
    Option(
        "CHANGES_BACKFILL_DAYS", read.number(0, 3650), "30",
        "age up to which answers found by a first sweep make changes",
    ),
    Option("CHANGES_KEEP_DAYS", read.number(1, 3650), "90", "time that changes are kept"),
    Option(
        "ALERT_WEBHOOK_URL", read.alert_url, None,
        "where changes are sent as signed JSON (Standard Webhooks); https, or http to this machine", secret=True,
    ),
    Option(
        "ALERT_WEBHOOK_SECRET", read.webhook_secrets, None,
        "what signs them: `whsec_` and 24 bytes or more as Base64; two, with a comma between, while it is changed",
        secret=True,
    ),
    Option("ALERT_SLACK_URL", read.alert_url, None, "a Slack incoming webhook that changes are told to", secret=True),
    Option("ALERT_TEAMS_URL", read.alert_url, None, "a Teams workflow that changes are told to", secret=True),
    Option(
        "ALERT_KINDS", read.change_kinds, "first_low,crossed_below,dropped",
        "kinds of change that are sent, with commas between; also `recovered`",
    ),
    Option("ALERT_MAX_SCORE", read.number(0, 100), None, "only changes to this score or a lower one are sent"),
    Option("ALERT_COMMENTS", read.switch, "0", "1 sends customers' free text too"),
    Option("ALERT_LANG", read.language, "en", "language of the messages to Slack and Teams"),
    Option("ALERT_PROXY", read.switch, "0", "1 sends alerts through the proxy that the environment names"),
    Option("RATE_LIMIT", read.number(0, 10_000_000, whole=True), "6000", "requests a minute for each key; 0: no limit"),
    Option("STORE_COMMENTS", read.switch, "1", "0 stores no free text at all, for no key"),
    Option(
        "RESULTS_KEEP_DAYS", read.number(1, 36500), "730", "results are removed this long after they were answered"
    ),
    Option(
        "WIDGET_SECRET", read.secret, None, "secret that signs the cards' tokens, 32 bytes or more; unset: no card",
        secret=True,
    ),
    Option(
        "WIDGET_TOKEN_SECONDS", read.number(10, MAX_LIFETIME_SECONDS, whole=True), "900",
        "time that a card's token is good for",
    ),
    Option("WIDGET_FRAME_ANCESTORS", read.origins, "", "origins that may frame the card, with commas between"),
    Option(
        "WIDGET_ORIGINS", read.page_origins, "",
        "origins whose pages may hold the web component, with commas between",
    ),
    Option(
        "CONTACT_URL", read.contact_url, None,
        "where the card leads to a person: `https://` or the CRM's own scheme, with `{contact_id}`, `{customer_id}` or "
        "`{respondent_id}`",
    ),
    Option("OLD_AFTER_DAYS", read.number(1, 3650), "180", "age from which the card shows an answer as old"),
    Option("PUBLIC_URL", read.public_url, None, "this service's own address, as CRMs see it"),
    Option("MCP", read.switch, "0", "1 answers assistants at `POST /mcp` (Model Context Protocol)"),
    Option(
        "MCP_COMMENTS", read.switch, "0",
        "1 shows customers' free text to assistants whose key has the scope `comments`",
    ),
    Option(
        "WEB_CONCURRENCY", read.number(1, 64, whole=True), "2",
        "web processes; with one for each core they stay there",
    ),
    Option("WEB_THREADS", read.number(1, 256, whole=True), "8", "threads of each web process"),
)  # fmt: skip
SECRETS = frozenset(option.name for option in OPTIONS if option.secret) | CRM_SECRETS
