"""The command `simulate`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from service.simulator import constants


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
def simulate(*, port: int, host: str, customers: int, seed: int, key: str, pace: float, now: datetime | None) -> None:
    """Run a stand-in Netigate over invented answers."""
    from service.simulator.server import Options, serve  # noqa: PLC0415  (spares other commands half a second)

    moment = now.replace(tzinfo=UTC) if now else datetime.now(UTC)
    options = Options(
        port=port, host=host, customers=customers, seed=seed, key=key, pace=pace, now=int(moment.timestamp())
    )
    serve(options, lambda address: click.echo(f"simulator on {address}"))
