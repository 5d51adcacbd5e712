"""The demo: what `run` fills in when no account's key is given."""

from __future__ import annotations

import hashlib
import secrets
import socket
from functools import partial
from typing import TYPE_CHECKING

from service.options.settings import DEMO_MARK
from service.process.listening import answers
from service.process.supervisor import Child, python
from service.simulator import constants

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "demo"
SURVEYS = (constants.SWEDISH, constants.GERMAN, constants.ENGLISH)
CUSTOMERS = 200


def simulator(environment: Mapping[str, str]) -> tuple[Child, dict[str, str]]:
    """The stand-in Netigate as a child, and the options that point the service at it."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}{constants.BASE_PATH}"
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    additions = {
        DEMO_MARK: "1",
        "NETIGATE_API_KEY": constants.DEMO_KEY,
        "NETIGATE_BASE_URL": base_url,
        "NETIGATE_ACCOUNT": "demo",
        "NETIGATE_SURVEYS": ",".join(map(str, SURVEYS)),
        "NETIGATE_CUSTOMER_LABEL": constants.CUSTOMER_LABEL,
        "NETIGATE_CONTACT_LABEL": constants.CONTACT_LABEL,
        "WIDGET_SECRET": environment.get("WIDGET_SECRET") or secrets.token_urlsafe(32),
        "MCP": environment.get("MCP", "").strip() or "1",
        "API_KEYS": f"demo:{digest}:results+comments+changes",
    }
    argv = python("service.cli", "simulate", "--port", str(port), "--customers", str(CUSTOMERS))
    ready = partial(answers, ("127.0.0.1", port), f"{constants.BASE_PATH}/surveys", {"X-API-KEY": constants.DEMO_KEY})
    return Child("simulator", argv, dict(environment), ready=ready), additions


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
