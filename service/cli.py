"""Operator's commands."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

import click

from service.commands.check.command import check
from service.commands.explain import explain
from service.commands.key import key
from service.commands.purge import purge
from service.commands.refusal import refuse
from service.commands.token import token
from service.observability.metric_table import FIGURES_DIR, FIGURES_PREFIX
from service.options import settings
from service.process.supervisor import StartError
from service.simulator.command import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

ENDS_WITHIN = 5.0  # seconds that a sweep has for ending at its next page


@click.group()
@click.version_option(package_name="netigate-results")
def main() -> None:
    """Serve individual Netigate survey results to CRMs."""


@main.command()
def run() -> None:
    """Run everything on this machine: store, sweeper and web; the demo where NETIGATE_API_KEY is unset."""
    from service.process.run import run as run_all  # noqa: PLC0415  (other commands start faster without)

    try:
        sys.exit(run_all(click.echo))
    except (settings.SettingsError, StartError) as error:
        refuse(error)


@main.command()
def web() -> None:
    """Serve HTTP on PORT. Needs REDIS_URL."""
    from service.process.run import gunicorn  # noqa: PLC0415

    try:
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    except settings.SettingsError as error:
        refuse(error)
    command = gunicorn(f"0.0.0.0:{options.port}", options)
    # gunicorn removes the folder when it ends (service/process/gunicorn_conf.py).
    os.environ.setdefault(FIGURES_DIR, tempfile.mkdtemp(prefix=FIGURES_PREFIX))
    os.execv(command[0], command)  # noqa: S606  (our own command line, no shell)


@main.command()
def worker() -> None:
    """Sweep the surveys. Needs REDIS_URL; any number of these share the work."""
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
    sweeps = build_worker(options, EndingClock(SystemClock(), stop), stop.is_set)
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
main.add_command(token)

if __name__ == "__main__":
    main()
