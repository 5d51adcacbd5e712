"""Ends a command that cannot do what it was asked."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

EXIT_CONFIG = 2  # an option is bad or missing, or something that the start needs is missing


def refuse(error: Exception) -> NoReturn:
    """End with the error's sentence and EXIT_CONFIG."""
    click.echo(str(error), err=True)
    sys.exit(EXIT_CONFIG)
