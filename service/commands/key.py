"""`netigate-results key`: makes an API key of this service."""

from __future__ import annotations

import hashlib
import re
import secrets

import click

from service.web.api_keys import SCOPES

KEY_BYTES = 32
_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)


@click.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, metavar="SCOPE",
    help=f"what the key may do, once for each or with + between: {', '.join(sorted(SCOPES))}",
)  # fmt: skip
def key(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key called NAME and print it once, with its entry for API_KEYS."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("1-64 letters, digits, dots, dashes or underscores", param_hint="NAME")
    wanted = {part for scope in scopes for part in re.split(r"[+,\s]+", scope.strip()) if part}
    if not wanted or not wanted <= SCOPES:
        raise click.BadParameter(f"one or more of {', '.join(sorted(SCOPES))}", param_hint="--scope")
    made = secrets.token_urlsafe(KEY_BYTES)
    digest = hashlib.sha256(made.encode()).hexdigest()
    click.echo("Key, for the caller; it is shown once and kept nowhere:")
    click.echo(f"  {made}")
    click.echo("Entry for API_KEYS; with commas between entries, and two entries of one name while a key is rotated:")
    click.echo(f"  {name}:{digest}:{'+'.join(sorted(wanted))}")
