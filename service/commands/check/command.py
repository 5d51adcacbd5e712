"""`netigate-results check`: the options as far as they are set, and the parts that the check uses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from service.app import lexicon_files as lexicons
from service.clock import SystemClock
from service.commands.check.report import Report
from service.commands.check.run import Given
from service.commands.check.run import check as run_check
from service.netigate.client import NetigateClient
from service.netigate.policy import Policy
from service.netigate.transport import Transport, open_session
from service.options import scoring_file, settings
from service.survey.scoring.scorer import Scorer

if TYPE_CHECKING:
    from pathlib import Path

    from service.netigate.client import Observe
    from service.ports import Upstream

EXIT_OPTIONS = 2
# Somebody waits before the screen: fewer tries, but the patience that a slow Netigate needs.
POLICY = Policy(attempts=2, budget=45.0)
READ = (
    "NETIGATE_API_KEY", "NETIGATE_BASE_URL", "NETIGATE_SURVEYS", "NETIGATE_CUSTOMER_LABEL", "NETIGATE_CONTACT_LABEL",
    "REDIS_URL", "API_KEYS", "SCORING_FILE",
)  # fmt: skip


@click.command()
@click.option("--survey", "surveys", type=click.IntRange(min=1), multiple=True, help="a survey to look into (several)")
def check(surveys: tuple[int, ...]) -> None:
    """Try the account, the surveys and Redis, and print the options to set. Needs NETIGATE_API_KEY alone.

    Exit status: 0 all well, 1 something must be put right, 2 an option is bad or missing.
    """
    try:
        values = settings.some(READ, needed=("NETIGATE_API_KEY",))
        session = open_session(values["NETIGATE_API_KEY"])
        scorer = _scorer(values["SCORING_FILE"])
    except (settings.SettingsError, ValueError) as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_OPTIONS)
    clock = SystemClock()

    def connect(base_url: str, observe: Observe) -> Upstream:
        return NetigateClient(Transport(session, base_url, clock), clock, policy=POLICY, observe=observe)

    sys.exit(run_check(_report(), _given(values, surveys), connect, scorer))


def _report() -> Report:
    if not sys.stdout.isatty():
        return Report(click.echo)

    def show(text: str) -> None:
        click.echo(text, nl=False)

    return Report(click.echo, show)


def _given(values: dict[str, Any], surveys: tuple[int, ...]) -> Given:
    return Given(
        base_url=values["NETIGATE_BASE_URL"],
        default_url=settings.SWEDISH_SERVER,
        servers=(settings.SWEDISH_SERVER, settings.GERMAN_SERVER),
        surveys=surveys or values["NETIGATE_SURVEYS"] or (),
        customer_label=values["NETIGATE_CUSTOMER_LABEL"],
        contact_label=values["NETIGATE_CONTACT_LABEL"],
        contact_name_label=values["NETIGATE_CONTACT_NAME_LABEL"],
        redis_url=values["REDIS_URL"],
        api_keys=bool(values["API_KEYS"]),
    )


def _scorer(path: Path | None) -> Scorer:
    return Scorer(lexicons.load(), scoring_file.load(path) if path else None)
