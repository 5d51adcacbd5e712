"""`netigate-results purge`: erases at once, and says what was removed."""

from __future__ import annotations

import click

from service.commands.purging import Target, purge_target
from service.commands.refusal import refusing
from service.options import settings


@click.command()
@click.option("--customer", help="a customer's ID")
@click.option("--respondent", type=click.IntRange(min=1), help="a respondent's id")
@click.option("--survey", type=click.IntRange(min=1), help="a survey's id")
@click.option("--all", "everything", is_flag=True, help="all that is stored of the account")
@click.option("--account", help="with --all: another account's data in this Redis, by its name")
@click.option("--others", is_flag=True, help="with --all: every other account's that no worker sweeps")
@click.option("--lift", is_flag=True, help="let a purged customer or respondent in again")
def purge(
    customer: str | None,
    respondent: int | None,
    survey: int | None,
    *,
    everything: bool,
    account: str | None,
    others: bool,
    lift: bool,
) -> None:
    """Erase at once, and print a receipt. A purged customer or respondent is kept out until --lift."""
    with refusing(typed=True):
        try:
            target = Target(customer, respondent, survey, everything=everything, account=account, others=others)
            click.echo(purge_target(settings.load(needed=("NETIGATE_API_KEY",)), target, lift=lift))
        except ValueError as error:
            raise click.UsageError(str(error)) from None
