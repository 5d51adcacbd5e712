"""Puts the simulator together and runs it."""

from __future__ import annotations

import gc
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask

from service.simulator.account.account import Account
from service.simulator.account.live import Live, keep_changing, seconds_now
from service.simulator.account.odd_account import OddAccount
from service.simulator.constants import DEMO_KEY
from service.simulator.http.api import add_errors, create_api
from service.simulator.http.control import create_control
from service.simulator.http.faults import FaultBook
from service.simulator.http.journal import Journal
from service.simulator.http.transport import Server
from service.simulator.oddities.accounts import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen. `pace` is seconds between live changes, 0 for none; `now` the moment of the data set.

    account: a named oddity (oddities/accounts.py); turn_after: seconds until it turns, None: when a test says so.
    """

    port: int = 0
    customers: int = 200
    host: str = "127.0.0.1"
    seed: int = 1
    key: str = DEMO_KEY
    pace: float = 0.0
    now: int = field(default_factory=seconds_now)
    account: str = "plain"
    turn_after: float | None = None


def create_server(options: Options) -> tuple[Server, Live, OddAccount]:
    """Build the data set, the app and a server that listens but does not answer yet."""
    account = Account(seed=options.seed, customers=options.customers, now=options.now)
    odd, live = OddAccount(account, BY_NAME[options.account]), Live(account)
    faults, journal = FaultBook(), Journal()
    app = Flask("netigate-simulator", static_folder=None)
    app.register_blueprint(create_api(account, options.key))
    app.register_blueprint(create_control(odd, live, faults, journal))
    add_errors(app)
    return Server((options.host, options.port), app, faults, journal), live, odd


def serve(options: Options, announce: Callable[[str], None], stop: threading.Event | None = None) -> None:
    """Serve until SIGTERM or SIGINT, or until `stop` is set. `announce` gets the base URL once it answers."""
    stop = stop or threading.Event()
    server, live, odd = create_server(options)
    if options.turn_after is not None:
        odd.turn_after(options.turn_after, stop)
    gc.freeze()  # the data set is never garbage: no collection need look at it, not even the last
    before = _end_at_signals(stop)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="accept", daemon=True).start()
    keep_changing(live, options.pace, stop)
    announce(server.base_url)
    stop.wait()
    server.faults.lift()
    server.shutdown()
    server.server_close()
    for number, handler in before.items():
        signal.signal(number, handler)


def _end_at_signals(stop: threading.Event) -> dict[signal.Signals, Any]:
    """Set `stop` at SIGTERM and SIGINT; gives the handlers that were there. Only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
