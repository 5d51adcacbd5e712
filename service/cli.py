"""Operator's commands."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING

import click
import structlog

from service.commands.refusal import refuse, refusing
from service.options import settings
from service.process.heartbeat import Heartbeat, default_path, trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ports import Clock

ENDS_WITHIN = 5.0  # seconds that a sweep has to reach the end of its page


# Commands in modules of their own, imported only when called: every process of the service is started as a command, and
# would otherwise hold in memory what all other commands need.
ELSEWHERE = {
    **{name: f"service.commands.{name}" for name in ("alerts", "explain", "key", "purge", "repair", "token")},
    "check": "service.commands.check.command",
    "simulate": "service.simulator.command",
}


class Commands(click.Group):
    """Commands of this file and of others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
        return found


@click.group(cls=Commands)
@click.version_option(package_name="netigate-results")
def main() -> None:
    """Serve individual Netigate survey results to CRMs."""


YES = click.option("--yes", is_flag=True, help="the customer label is meant, whomever it leaves without answers")


@main.command()
@YES
def run(*, yes: bool) -> None:
    """Run everything on this machine: store, sweeper and web; the demo where NETIGATE_API_KEY is unset."""
    from service.process import run as process  # noqa: PLC0415  (other commands start faster without)

    with refusing(typed=True):
        sys.exit(process.run(click.echo, accept_label=yes))


@main.command()
def web() -> None:
    """Serve HTTP on PORT. Needs REDIS_URL."""
    from service.process import run as process  # noqa: PLC0415

    with refusing():
        sys.exit(process.web(click.echo))


@main.command()
@YES
def worker(*, yes: bool) -> None:
    """Sweep the surveys. Needs REDIS_URL; any number of these share the work."""
    from service.app.parts import label_refusal  # noqa: PLC0415
    from service.app.parts import worker as build_worker  # noqa: PLC0415
    from service.clock import SystemClock  # noqa: PLC0415
    from service.observability import logs  # noqa: PLC0415
    from service.sweeping.ending_clock import EndingClock  # noqa: PLC0415

    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with refusing():
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    clock, beat = _heartbeat(options, EndingClock(SystemClock(), stop))
    refused = None if yes else label_refusal(options, clock)
    if refused:
        refuse(refused)
    sweeps = build_worker(options, clock, stop.is_set, accept_label=yes)
    threading.Thread(target=_end_in_time, args=(stop, sweeps.let_go), daemon=True).start()
    sweeps.run(stop, beat)


def _heartbeat(options: settings.Settings, clock: Clock) -> tuple[Clock, Callable[[int], None]]:
    """A clock and a beat that keep up the file of `alive`; without effect where another worker has the file already."""
    try:
        heartbeat = Heartbeat(options.heartbeat_file or default_path())
    except OSError as error:
        structlog.get_logger().warning("no_heartbeat", cause=error.strerror)
        return clock, lambda _sweeping: None
    return heartbeat.watched(clock), heartbeat.beat


def _end_in_time(stop: threading.Event, let_go: Callable[[], None]) -> None:
    """End a worker that was told to end, even while a call to Netigate hangs: a page is filed whole or not at all."""
    stop.wait()
    time.sleep(ENDS_WITHIN)
    let_go()
    os._exit(0)


@main.command()
def alive() -> None:
    """Say whether the worker on this machine works: status 0 while it sweeps or waits, 1 when it hangs or is gone."""
    with refusing(typed=True):
        path = settings.some(("HEARTBEAT_FILE",))["HEARTBEAT_FILE"]
    found = trouble(path or default_path())
    click.echo(found or "alive")
    sys.exit(1 if found else 0)


@main.command()
def openapi() -> None:
    """Print the contract, as checked in at openapi.yaml."""
    from service.web.contract.openapi import spec_text  # noqa: PLC0415

    click.echo(spec_text(), nl=False)


if __name__ == "__main__":
    main()
