"""Ends a command that cannot do what it was asked."""

from __future__ import annotations

import sys
from typing import Final, NoReturn

import click

from service.survey.errors import DamagedValueError, StoreAwayError, StorePasswordError, StoreRefusedError

EXIT_CONFIG = 2  # an option is bad or missing, or something that the start needs is missing


SENTENCES: Final[tuple[tuple[type[Exception], str], ...]] = (  # the store's errors say a word each
    (StorePasswordError, "The store refuses the password."),
    (StoreAwayError, "The store cannot be reached."),
    (StoreRefusedError, "The store refused it ({})."),
    (DamagedValueError, "A stored value cannot be read; run netigate-results repair."),
)


def refuse(error: Exception) -> NoReturn:
    """End with the error's sentence and EXIT_CONFIG."""
    sentence = next((sentence for kind, sentence in SENTENCES if isinstance(error, kind)), "{}")
    click.echo(sentence.format(error), err=True)
    sys.exit(EXIT_CONFIG)
