"""Operator's commands."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import NoReturn

import click

from service import settings
from service.supervisor import StartError

EXIT_CONFIG = 2  # a bad or missing option, or something needed at the start that is not there


def _fail(error: Exception) -> NoReturn:
    click.echo(str(error), err=True)
    sys.exit(EXIT_CONFIG)


@click.group()
@click.version_option(package_name="netigate-results")
def main() -> None:
    """Serve individual Netigate survey results to CRMs."""


@main.command()
def run() -> None:
    """Run everything on this machine: store, sweeper and web; the demo where NETIGATE_API_KEY is unset."""
    from service.run import run as run_all  # noqa: PLC0415  (other commands start faster without)

    try:
        sys.exit(run_all(click.echo))
    except (settings.SettingsError, StartError) as error:
        _fail(error)


@main.command()
def web() -> None:
    """Serve HTTP on PORT. Needs REDIS_URL."""
    from service.run import gunicorn  # noqa: PLC0415

    try:
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    except settings.SettingsError as error:
        _fail(error)
    command = gunicorn(f"0.0.0.0:{options.port}", options)
    os.execv(command[0], command)  # noqa: S606  (our own command line, no shell)


@main.command()
def worker() -> None:
    """Sweep the surveys. Needs REDIS_URL; any number of these share the work."""
    from service.app import build_worker, configure_logs  # noqa: PLC0415

    configure_logs()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        options = settings.load(needed=("NETIGATE_API_KEY", "REDIS_URL"))
    except settings.SettingsError as error:
        _fail(error)
    build_worker(options, stop.is_set).run(stop)


@main.command()
def openapi() -> None:
    """Print the contract, as checked in at openapi.yaml."""
    from service.web.openapi import spec_text  # noqa: PLC0415

    click.echo(spec_text(), nl=False)


if __name__ == "__main__":
    main()
