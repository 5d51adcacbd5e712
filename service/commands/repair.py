"""`netigate-results repair`: names what is damaged in the store, and heals it."""

from __future__ import annotations

import sys

import click

from service.clock import SystemClock
from service.commands.purging import running_store
from service.commands.refusal import refusing
from service.options import settings

EXIT_DAMAGED = 1  # with --dry-run: something is damaged


@click.command()
@click.option("--dry-run", is_flag=True, help="name what is damaged, and change nothing")
def repair(*, dry_run: bool) -> None:
    """Look at every stored value; take away what cannot be read, and rebuild it from what is whole.

    The worker does the same whenever anybody meets damage. Exit status: 0 all is whole or healed, 1 something is
    damaged (--dry-run), 2 the store cannot be reached or an option is bad.
    """
    with refusing(typed=True):
        store = running_store(settings.load(needed=("NETIGATE_API_KEY",)), SystemClock())
        found = store.repair.look() if dry_run else store.repair.run()
    for line in found.lines():
        click.echo(line)
    click.echo(f"{found.whole} keys are whole; {sum(found.counts.values())} damaged")
    sys.exit(EXIT_DAMAGED if dry_run and found.families else 0)
