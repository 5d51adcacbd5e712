"""`netigate-results token`: a card's token, for trying and for back ends without a JWT library."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.commands.refusal import refusing
from service.options import settings
from service.survey.identity import clean_id
from service.widget.tokens import mint


@click.command()
@click.argument("customer_id")
@click.option("--comments", is_flag=True, help="let the card show free text")
def token(customer_id: str, *, comments: bool) -> None:
    """Print a card's token for one customer, on the last line.

    Needs WIDGET_SECRET alone; WIDGET_TOKEN_SECONDS says how long it is good.
    """
    cleaned = clean_id(customer_id)
    if cleaned is None:
        raise click.BadParameter("must be 1-200 characters", param_hint="CUSTOMER_ID")
    with refusing(typed=True):
        options = settings.some(("WIDGET_SECRET", "WIDGET_TOKEN_SECONDS"), needed=("WIDGET_SECRET",))
    scopes = ("results", "comments") if comments else ("results",)
    lifetime, now = options["WIDGET_TOKEN_SECONDS"], datetime.now(UTC)
    click.echo(mint(options["WIDGET_SECRET"], cleaned, scopes=scopes, now=now, lifetime_seconds=lifetime))
