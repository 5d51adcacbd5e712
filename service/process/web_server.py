"""Which web server runs the application, and its command line. What only one of them needs is in its own module."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from service.process.supervisor import python

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.options.settings import Settings

GRANIAN, GUNICORN = "granian", "gunicorn"


def command(descriptor: int, options: Settings, say: Callable[[str], None]) -> list[str]:
    """The command line of the server over a listening socket. If granian is missing, says so and takes gunicorn."""
    if options.web_server == GRANIAN:
        if find_spec("granian") is not None:
            return granian(descriptor, options)
        say("granian is not installed (pip install 'netigate-results[granian]'): gunicorn serves instead")
    return gunicorn(descriptor, options)


def granian(descriptor: int, options: Settings) -> list[str]:
    return [
        *python("service.process.granian_server"),
        f"--descriptor={descriptor}",
        f"--workers={options.web_concurrency}",
        f"--threads={options.web_threads}",
    ]


def gunicorn(descriptor: int, options: Settings) -> list[str]:
    return [
        *python("gunicorn"),
        "--worker-class=gthread",
        f"--workers={options.web_concurrency}",
        f"--threads={options.web_threads}",
        f"--bind=fd://{descriptor}",
        "--no-control-socket",
        "--graceful-timeout=10",
        "--keep-alive=30",
        "--config=python:service.process.gunicorn_conf",
        "service.wsgi:app",
    ]
