"""Options, all from the environment: one table, read once where things are wired."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environs import Env, EnvValidationError

from service.crm.options import CrmOptions, read_options
from service.options import parsers as read
from service.widget.tokens import MAX_LIFETIME_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.web.api_keys import ApiKey

SWEDISH_SERVER = "https://www.netigate.se/api/v1.2"
GERMAN_SERVER = "https://www.ntgt.de/api/v1.2"


class SettingsError(Exception):
    """Options that are bad or missing. The text names every one of them and echoes no value."""


@dataclass(frozen=True, slots=True)
class Option:
    """One environment variable: how it is read, what it is when unset, and its sentence in the README."""

    name: str
    parse: Callable[[str], Any]
    default: str | None  # as it would be written; None where there is none
    text: str
    required: bool = False


OPTIONS = (
    Option("PORT", read.number(0, 65535, whole=True), "8000", "port of the HTTP service"),
    Option("NETIGATE_API_KEY", read.api_key, None, "the account's API key; unset: the demo"),
    Option("NETIGATE_BASE_URL", read.base_url, SWEDISH_SERVER, f"the account's server (German: `{GERMAN_SERVER}`)"),
    Option("NETIGATE_SURVEYS", read.surveys, None, "ids of the surveys to serve, with commas between", required=True),
    Option(
        "NETIGATE_CUSTOMER_LABEL", read.label, None,
        "background label that holds the CRM's customer ID: its id or its name", required=True,
    ),
    Option("NETIGATE_CONTACT_LABEL", read.label, None, "background label that holds the CRM's contact ID"),
    Option("NETIGATE_ACCOUNT", read.label, None, "name that keeps an account's data in Redis when its API key changes"),
    Option("REDIS_URL", read.redis_url, None, "`redis://`, `rediss://`, `unix://`; unset: an embedded server"),
    Option("REDIS_TIMEOUT_SECONDS", read.number(0.01, 60), "0.25", "what a Redis that hangs may cost a reader"),
    Option("DATA_DIR", Path, "./data", "where the embedded server keeps its data"),
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
        "FRESH_FOR_SECONDS", read.number(1, 604800), None,
        "age up to which an answer is `fresh`; unset: 3 intervals",
    ),
    Option(
        "API_KEYS", read.api_keys, None,
        "callers' keys: `name:sha256-hex-of-the-key:scope+scope`, with commas between; scopes `results`, `comments`, "
        "`changes`", required=True,
    ),
    Option("SCORING_FILE", read.file, None, "file of scoring overrides (TOML)"),
    Option("DROP_POINTS", read.number(0.1, 100), "25", "fall of a score that is told as `dropped`"),
    Option(
        "CHANGES_BACKFILL_DAYS", read.number(0, 3650), "30",
        "age up to which answers found by a first sweep make changes",
    ),
    Option("CHANGES_KEEP_DAYS", read.number(1, 3650), "90", "time that changes are kept"),
    Option("RATE_LIMIT", read.number(0, 10_000_000, whole=True), "6000", "requests a minute for each key; 0: no limit"),
    Option("STORE_COMMENTS", read.switch, "1", "0 stores no free text at all, for no key"),
    Option(
        "RESULTS_KEEP_DAYS", read.number(1, 36500), "730", "results are removed this long after they were answered"
    ),
    Option("WIDGET_SECRET", read.secret, None, "secret that signs the cards' tokens, 32 bytes or more; unset: no card"),
    Option(
        "WIDGET_TOKEN_SECONDS", read.number(10, MAX_LIFETIME_SECONDS, whole=True), "900",
        "time that a card's token is good for",
    ),
    Option("WIDGET_FRAME_ANCESTORS", read.origins, "", "origins that may frame the card, with commas between"),
    Option(
        "WIDGET_ORIGINS", read.page_origins, "",
        "origins whose pages may hold the web component, with commas between",
    ),
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


@dataclass(frozen=True, slots=True)
class Settings:
    """All options, validated. Durations in seconds."""

    port: int
    netigate_api_key: str | None
    netigate_base_url: str
    netigate_surveys: tuple[int, ...]
    netigate_customer_label: str
    netigate_contact_label: str | None
    netigate_account: str | None
    redis_url: str | None
    redis_timeout_seconds: float
    data_dir: Path
    sweep_interval_seconds: float
    sweep_overlap_seconds: float
    read_budget_seconds: float
    upstream_concurrency: int
    auth_probe_seconds: float
    reconcile_interval_seconds: float
    fresh_for_seconds: float
    api_keys: tuple[ApiKey, ...]
    scoring_file: Path | None
    drop_points: float
    changes_backfill_days: float
    changes_keep_days: float
    rate_limit: int
    store_comments: bool
    results_keep_days: float
    widget_secret: str | None
    widget_token_seconds: int
    widget_frame_ancestors: tuple[str, ...]
    widget_origins: tuple[str, ...]
    public_url: str | None
    mcp: bool
    mcp_comments: bool
    web_concurrency: int
    web_threads: int
    crm: CrmOptions = field(default_factory=CrmOptions)
    demo: bool = False


# Set by `run` for the processes it starts, never by an operator.
DEMO_MARK = "NETIGATE_RESULTS_DEMO"


def load(*, needed: tuple[str, ...] = ()) -> Settings:
    """Read the environment. `needed` names options that this command cannot do without besides the required ones.

    Raises SettingsError naming every bad or missing option at once. Unknown variables are no error.
    """
    values, crm = so_far(needed=(*(option.name for option in OPTIONS if option.required), *needed))
    if values["fresh_for_seconds"] is None:
        values["fresh_for_seconds"] = 3 * values["sweep_interval_seconds"]
    return Settings(**values, crm=crm, demo=os.environ.get(DEMO_MARK) == "1")


def so_far(*, needed: tuple[str, ...]) -> tuple[dict[str, Any], CrmOptions]:
    """Read what is set, for a command that helps with the rest: the options by lower-case name, and the CRM hosts.

    Raises SettingsError as `load` does, but of what is missing only for `needed`.
    """
    env = Env(eager=False)
    env.add_parser("option", lambda text, parse: parse(text))
    values: dict[str, Any] = {}
    for option in OPTIONS:
        # An empty variable counts as unset, as a compose file writes it.
        if os.environ.get(option.name, "").strip():
            values[option.name.lower()] = env.option(option.name, parse=option.parse)
        else:
            values[option.name.lower()] = option.parse(option.default) if option.default is not None else None
    crm, wrong = read_options(
        os.environ,
        public_url=values["public_url"],
        widget_secret=values["widget_secret"],
        token_seconds=values["widget_token_seconds"] or 1,
    )
    _seal(env, [name for name in needed if not os.environ.get(name, "").strip()], wrong)
    return values, crm


def some(names: tuple[str, ...], *, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read some options by their own names, for a command that must do with what is set so far.

    Raises SettingsError naming what is bad, or missing among `needed`.
    """
    env = Env(eager=False)
    env.add_parser("option", lambda text, parse: parse(text))
    values: dict[str, Any] = {}
    for option in (option for option in OPTIONS if option.name in names):
        if os.environ.get(option.name, "").strip():
            values[option.name] = env.option(option.name, parse=option.parse)
        else:
            values[option.name] = option.parse(option.default) if option.default is not None else None
    _seal(env, [name for name in needed if not os.environ.get(name, "").strip()], [])
    return values


def _seal(env: Env, missing: list[str], wrong: list[str]) -> None:
    problems = [f"{name} is missing" for name in missing] + wrong
    try:
        env.seal()
    except EnvValidationError as error:
        messages: Any = error.error_messages
        problems += [f"{name} {'; '.join(map(str, found))}" for name, found in messages.items()]
    if problems:
        raise SettingsError("Cannot start: " + " · ".join(sorted(problems)))
