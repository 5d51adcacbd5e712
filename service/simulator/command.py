"""The command `simulate`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from service.simulator import constants
from service.simulator.oddities.accounts import BY_NAME
from service.simulator.server import Options, serve


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: the kernel's choice.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--customers", type=click.IntRange(0, 1_000_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Other answers for another seed.")
@click.option("--key", default=constants.DEMO_KEY, show_default=True, help="The API key that is accepted.")
@click.option(
    "--pace", type=click.FloatRange(min=0), default=20.0, show_default=True, help="Seconds between changes; 0: none."
)
@click.option(
    "--now", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="Moment (UTC) before which answers were given."
)
@click.option(
    "--account", default="plain", show_default=True, type=click.Choice(list(BY_NAME)), metavar="NAME",
    help="An account with an oddity; docs/simulator.md lists them.",
)  # fmt: skip
@click.option(
    "--turn-after", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Seconds to its turn."
)
def simulate(*, now: datetime | None, **chosen: Any) -> None:  # noqa: ANN401  (the options above)
    """Run a stand-in Netigate over invented answers."""
    moment = now.replace(tzinfo=UTC) if now else datetime.now(UTC)
    options = Options(**chosen, now=int(moment.timestamp()))
    serve(options, lambda address: click.echo(f"simulator on {address}"))
