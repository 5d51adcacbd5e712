"""Ends a command that cannot do what it was asked, with one sentence and EXIT_CONFIG."""

from __future__ import annotations

import contextlib
import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import click

from service.options import env_file
from service.options.settings import SettingsError
from service.process.supervisor import StartError
from service.survey.errors import (
    DamagedValueError,
    ServiceError,
    StoreAwayError,
    StorePasswordError,
    StoreRefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_CONFIG = 2  # an option is bad or missing, or something that the start needs is missing


@contextlib.contextmanager
def refusing(*, typed: bool = False) -> Iterator[None]:
    """End the command where options are bad, the store gives no answer, or the start fails.

    typed: a person has typed the command, so options are also read from the `.env` file of the working folder.
    """
    try:
        if typed:
            env_file.read(partial(click.echo, err=True))
        yield
    except StorePasswordError:
        refuse("The store refuses the password.")
    except StoreAwayError:
        refuse("The store cannot be reached.")
    except StoreRefusedError as error:
        refuse(f"The store refused it ({error.kind}).")
    except DamagedValueError:
        refuse("A stored value cannot be read: run netigate-results repair.")
    except (SettingsError, StartError, ServiceError) as error:
        refuse(str(error))


def refuse(sentence: str) -> NoReturn:
    """Say why, and end."""
    click.echo(sentence, err=True)
    sys.exit(EXIT_CONFIG)
