"""Options as read from the environment, once, where the parts are wired."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environs import ValidationError

from service.crm.options import CRM_OPTIONS, CrmOptions, read_options
from service.options.environment import FILE_SUFFIX, written
from service.options.option_table import OPTIONS, SECRETS, Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service.survey.scoring.overrides import Overrides
    from service.web.api_keys import ApiKey


class SettingsError(Exception):
    """Options that are bad or missing. The text names every one of them and echoes no value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All options, validated. Durations in seconds."""

    port: int
    host: str | None
    web_server: str
    drain_seconds: float
    heartbeat_file: Path | None
    netigate_api_key: str | None
    netigate_base_url: str
    netigate_surveys: tuple[int, ...]
    netigate_customer_label: str
    netigate_contact_label: str | None
    netigate_contact_name_label: str | None
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
    catalogue_interval_seconds: float
    tree_confirm_seconds: float
    reread_days: float
    gone_days: float
    fresh_for_seconds: float
    api_keys: tuple[ApiKey, ...]
    scoring_file: Overrides | None
    drop_points: float
    changes_backfill_days: float
    changes_keep_days: float
    alert_webhook_url: str | None
    alert_webhook_secret: tuple[str, ...] | None
    alert_slack_url: str | None
    alert_teams_url: str | None
    alert_kinds: tuple[str, ...]
    alert_max_score: float | None
    alert_comments: bool
    alert_lang: str
    alert_proxy: bool
    rate_limit: int
    store_comments: bool
    results_keep_days: float
    widget_secret: str | None
    widget_token_seconds: int
    widget_frame_ancestors: tuple[str, ...]
    widget_origins: tuple[str, ...]
    contact_url: str | None
    old_after_days: float
    public_url: str | None
    mcp: bool
    mcp_comments: bool
    web_concurrency: int
    web_threads: int
    crm: CrmOptions = field(default_factory=CrmOptions)
    demo: bool = False
    drain_mark: Path | None = None  # this file exists while the service drains

    @property
    def alert_urls(self) -> dict[str, str]:
        """The URLs that alerts go to, by destination; only those that are set."""
        urls = {"webhook": self.alert_webhook_url, "slack": self.alert_slack_url, "teams": self.alert_teams_url}
        return {name: url for name, url in urls.items() if url}


# Set by `run` and `web` for the processes that they start, never by an operator.
DEMO_MARK = "NETIGATE_RESULTS_DEMO"
DRAIN_MARK = "NETIGATE_RESULTS_DRAINING"


def load(*, needed: tuple[str, ...] = ()) -> Settings:
    """Read the environment. `needed` names options that this command needs besides the required ones.

    Raises SettingsError naming every bad or missing option at once. Unknown variables are no error.
    """
    values, crm = so_far(needed=(*(option.name for option in OPTIONS if option.required), *needed))
    if values["fresh_for_seconds"] is None:
        values["fresh_for_seconds"] = 3 * values["sweep_interval_seconds"]
    mark = os.environ.get(DRAIN_MARK)
    return Settings(
        **values,
        crm=crm,
        demo=os.environ.get(DEMO_MARK) == "1",
        drain_mark=Path(mark) if mark else None,
    )


def so_far(*, needed: tuple[str, ...]) -> tuple[dict[str, Any], CrmOptions]:
    """Read what is set, for a command that helps with the rest: the options by lower-case name, and the CRM hosts.

    Raises SettingsError as `load` does, but reports as missing only what is in `needed`.
    """
    texts, wrong = written([*(option.name for option in OPTIONS), *(name for name, _ in CRM_OPTIONS)], SECRETS)
    values = _parsed(OPTIONS, texts, wrong)
    crm, wrong_crm = read_options(
        texts,
        public_url=values["PUBLIC_URL"],
        widget_secret=values["WIDGET_SECRET"],
        token_seconds=values["WIDGET_TOKEN_SECONDS"] or 1,
    )
    signing = ("ALERT_WEBHOOK_SECRET",) if texts["ALERT_WEBHOOK_URL"] else ()
    _refuse(_missing((*needed, *signing), texts, wrong) + wrong + wrong_crm)
    return {name.lower(): value for name, value in values.items()}, crm


def some(names: tuple[str, ...], *, needed: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read some options by their own names, for a command that needs no others.

    Raises SettingsError naming what is bad, or missing among `needed`.
    """
    texts, wrong = written([*names, *needed], SECRETS)
    values = _parsed([option for option in OPTIONS if option.name in names], texts, wrong)
    _refuse(_missing(needed, texts, wrong) + wrong)
    return values


def text(name: str) -> str:
    """An option as it is written, empty where it is unset. Raises SettingsError for a file that cannot be read."""
    texts, wrong = written([name], SECRETS)
    _refuse(wrong)
    return texts[name]


def _parsed(options: Iterable[Option], texts: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    """The values, None where there is none. Sentences about bad ones are appended to `wrong`."""
    values: dict[str, Any] = {}
    for option in options:
        text = texts[option.name] or option.default
        try:
            values[option.name] = None if text is None else option.parse(text)
        except ValidationError as error:
            values[option.name] = None
            wrong.append(f"{option.name} {'; '.join(map(str, error.messages))}")
    return values


def _missing(names: Iterable[str], texts: Mapping[str, str], wrong: Iterable[str]) -> list[str]:
    told = {problem.split()[0].removesuffix(FILE_SUFFIX) for problem in wrong}
    return [f"{name} is missing" for name in names if not texts[name] and name not in told]


def _refuse(problems: Iterable[str]) -> None:
    if problems:
        raise SettingsError("Cannot start: " + " · ".join(sorted(problems)))
