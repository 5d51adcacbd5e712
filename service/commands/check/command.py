"""`netigate-results check`: the options as far as they are set, and the parts that the check uses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from service.app import lexicon_files as lexicons
from service.clock import SystemClock
from service.commands.check.place import REDIS_TIMEOUT
from service.commands.check.report import Report
from service.commands.check.run import Given
from service.commands.check.run import check as run_check
from service.commands.check.what_is_on import On
from service.commands.refusal import refusing
from service.netigate.client import NetigateClient
from service.netigate.policy import Policy
from service.netigate.transport import Transport, open_session
from service.options import option_table, settings
from service.store.connection.clients import connect as connect_redis
from service.store.keys import Keys, account_name, account_secret
from service.store.redis_store import redis_store
from service.survey.scoring.scorer import Scorer

if TYPE_CHECKING:
    from service.crm.options import CrmOptions
    from service.netigate.client import Observe
    from service.ports import Upstream
    from service.store.redis_store import RedisStore

# Somebody waits for the output: fewer tries, but time enough for a slow Netigate.
POLICY = Policy(attempts=2, budget=45.0)


@click.command()
@click.option("--survey", "surveys", type=click.IntRange(min=1), multiple=True, help="a survey to look into (several)")
def check(surveys: tuple[int, ...]) -> None:
    """Try the account, the surveys and Redis, and print the options to set. Needs NETIGATE_API_KEY alone.

    Exit status: 0 all well, 1 something must be put right, 2 an option is bad or missing.
    """
    with refusing(typed=True):
        values, crm = settings.so_far(needed=("NETIGATE_API_KEY",))
    clock, session = SystemClock(), open_session(values["netigate_api_key"])

    def connect(base_url: str, observe: Observe) -> Upstream:
        return NetigateClient(Transport(session, base_url, clock), clock, policy=POLICY, observe=observe)

    def store() -> RedisStore:
        name, url = values["netigate_account"] or values["netigate_api_key"], values["netigate_base_url"]
        keys = Keys(account_name(url, name), account_secret(url, name))
        return redis_store(connect_redis(values["redis_url"], timeout=REDIS_TIMEOUT), keys, clock)

    scorer = Scorer(lexicons.load(), values["scoring_file"])
    sys.exit(run_check(_report(), _given(values, crm, surveys), connect, scorer, store=store))


def _report() -> Report:
    if not sys.stdout.isatty():
        return Report(click.echo)

    def show(text: str) -> None:
        click.echo(text, nl=False)

    return Report(click.echo, show)


def _given(values: dict[str, Any], crm: CrmOptions, surveys: tuple[int, ...]) -> Given:
    return Given(
        base_url=values["netigate_base_url"],
        servers=(option_table.SWEDISH_SERVER, option_table.GERMAN_SERVER),
        surveys=surveys or values["netigate_surveys"] or (),
        customer_label=values["netigate_customer_label"],
        contact_label=values["netigate_contact_label"],
        contact_name_label=values["netigate_contact_name_label"],
        redis_url=values["redis_url"],
        on=On(
            callers=tuple(key.name for key in values["api_keys"] or ()),
            public_url=values["public_url"],
            mcp=bool(values["mcp"]),
            card=values["widget_secret"] is not None,
            crm=crm,
            alerts=tuple(name for name in ("webhook", "slack", "teams") if values[f"alert_{name}_url"]),
        ),
    )
