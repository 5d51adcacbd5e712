"""Operator's commands."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import click

from service.commands.check.command import check
from service.commands.explain import explain
from service.commands.key import key
from service.commands.purge import purge
from service.commands.refusal import refuse
from service.commands.repair import repair
from service.commands.token import token
from service.observability.metric_table import FIGURES_DIR, FIGURES_PREFIX
from service.options import env_file, settings
from service.process import scratch
from service.process.supervisor import StartError, look_free
from service.simulator.command import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS_WITHIN = 5.0  # seconds that a sweep has for ending at its next page


@click.group()
@click.version_option(package_name="netigate-results")
def main() -> None:
    """Serve individual Netigate survey results to CRMs."""


YES = click.option("--yes", is_flag=True, help="the customer label is meant, whomever it leaves without answers")


@main.command()
@YES
def run(*, yes: bool) -> None:
    """Run everything on this machine: store, sweeper and web; the demo where NETIGATE_API_KEY is unset."""
    from service.process.run import run as run_all  # noqa: PLC0415  (other commands start faster without)

    try:
        env_file.read(partial(click.echo, err=True))
        sys.exit(run_all(click.echo, accept_label=yes))
    except (settings.SettingsError, StartError) as error:
        refuse(error)


@main.command()
def web() -> None:
    """Serve HTTP on PORT. Needs REDIS_URL."""
    from service.process.run import EVERYWHERE, gunicorn  # noqa: PLC0415

    try:
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
        look_free(EVERYWHERE, options.port)
    except (settings.SettingsError, StartError) as error:
        refuse(error)
    command = gunicorn(f"{EVERYWHERE}:{options.port}", options)
    # gunicorn removes the folder when it ends (service/process/gunicorn_conf.py).
    if FIGURES_DIR not in os.environ:
        os.environ[FIGURES_DIR] = str(scratch.make(FIGURES_PREFIX))
    os.execv(command[0], command)  # noqa: S606  (our own command line, no shell)


@main.command()
@YES
def worker(*, yes: bool) -> None:
    """Sweep the surveys. Needs REDIS_URL; any number of these share the work."""
    from service.app.parts import label_refusal  # noqa: PLC0415
    from service.app.parts import worker as build_worker  # noqa: PLC0415
    from service.clock import SystemClock  # noqa: PLC0415
    from service.observability import logs  # noqa: PLC0415
    from service.sweeping.worker import EndingClock  # noqa: PLC0415

    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    except settings.SettingsError as error:
        refuse(error)
    clock = EndingClock(SystemClock(), stop)
    refused = None if yes else label_refusal(options, clock)
    if refused:
        refuse(settings.SettingsError(refused))
    sweeps = build_worker(options, clock, stop.is_set, accept_label=yes)
    threading.Thread(target=_end_in_time, args=(stop, sweeps.let_go), daemon=True).start()
    sweeps.run(stop)


def _end_in_time(stop: threading.Event, let_go: Callable[[], None]) -> None:
    """End a worker that was told to, although a call to Netigate hangs: its page is filed whole or not at all."""
    stop.wait()
    time.sleep(ENDS_WITHIN)
    let_go()
    os._exit(0)


@main.command()
def openapi() -> None:
    """Print the contract, as checked in at openapi.yaml."""
    from service.web.contract.openapi import spec_text  # noqa: PLC0415

    click.echo(spec_text(), nl=False)


main.add_command(simulate)
main.add_command(check)
main.add_command(key)
main.add_command(explain)
main.add_command(purge)
main.add_command(repair)
main.add_command(token)

if __name__ == "__main__":
    main()
