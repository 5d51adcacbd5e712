"""`netigate-results alerts`: delivers changes to a webhook, Slack and Teams, and helps an operator with them."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import click
import orjson

from service.alerts.by_hand import retry_parked, send_samples
from service.alerts.worker import AlertsWorker
from service.app.alerts import alert_destinations, alert_sender, alert_tools
from service.app.parts import open_store
from service.clock import SystemClock
from service.commands.purging import running_store
from service.commands.refusal import refusing
from service.observability import logs
from service.options import settings
from service.survey.summary import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.alerts.by_hand import Outcome
    from service.options.settings import Settings

EXIT_UNDELIVERED = 1


@click.command()
@click.option("--test", is_flag=True, help="send a sample to every destination, and say what became of it")
@click.option("--parked", is_flag=True, help="list what destinations refused and what is not tried again by itself")
@click.option("--retry", is_flag=True, help="try what is parked once more")
def alerts(*, test: bool, parked: bool, retry: bool) -> None:
    """Deliver alerts until told to end. Needs REDIS_URL; any number of these share the work.

    Exit status of --test and --retry: 0 all was delivered, 1 something was not, 2 the store cannot be reached or an
    option is bad.
    """
    if test + parked + retry > 1:
        raise click.UsageError("Name one of --test, --parked, --retry.")
    by_hand = test or parked or retry
    with refusing(typed=by_hand):
        options = _loaded(("NETIGATE_API_KEY",) if by_hand else ("NETIGATE_API_KEY", "REDIS_URL"))
        if test:
            _end(_samples(options))
        if retry:
            _end(_retry(options))
        if parked:
            _list(options)
        else:
            _deliver(options)


def _loaded(needed: tuple[str, ...]) -> Settings:
    options = settings.load(needed=needed)
    if not options.alert_urls:
        raise settings.SettingsError(
            "Cannot start: alerts go nowhere; set ALERT_WEBHOOK_URL, ALERT_SLACK_URL or ALERT_TEAMS_URL"
        )
    return options


def _deliver(options: Settings) -> None:
    logs.configure()
    stop, clock = threading.Event(), SystemClock()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    tools = alert_tools(options, open_store(options, clock), clock)
    AlertsWorker(alert_destinations(options), tools).run(stop)


def _samples(options: Settings) -> Iterable[Outcome]:
    clock = SystemClock()
    return send_samples(alert_destinations(options), alert_sender(options, clock), clock)


def _retry(options: Settings) -> Iterable[Outcome]:
    clock = SystemClock()
    tools = alert_tools(options, running_store(options, clock), clock)
    return retry_parked(alert_destinations(options), tools)


def _list(options: Settings) -> None:
    states = running_store(options, SystemClock()).alerts
    for name in options.alert_urls:
        for parked in states.parked(name):
            at = iso(datetime.fromtimestamp(parked.at / 1000, UTC))
            about = {"id": parked.batch.id, "changes": len(parked.batch.changes), "cause": parked.cause, "at": at}
            click.echo(orjson.dumps({"destination": name, **about}))


def _end(outcomes: Iterable[Outcome]) -> NoReturn:
    """Print the outcome of each message, then end."""
    done = True
    for each in outcomes:
        click.echo(orjson.dumps({"destination": each.destination, "id": each.id, "outcome": each.outcome}))
        done = done and each.is_done
    sys.exit(0 if done else EXIT_UNDELIVERED)
