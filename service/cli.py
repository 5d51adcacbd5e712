"""Operator's commands."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Serve individual Netigate survey results to CRMs."""
