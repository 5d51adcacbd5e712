"""An account that has one of the named oddities, from the start or from a turn on."""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING

from service.simulator.constants import SWEDISH

if TYPE_CHECKING:
    from service.simulator.account.account import Account
    from service.simulator.oddities.accounts import NamedAccount, Settings


class OddAccount:
    """Applies a named account's settings. Safe to share between threads."""

    def __init__(self, account: Account, named: NamedAccount) -> None:
        self.account = account
        self.named = named
        self.turned = False
        self._lock = threading.Lock()
        self._apply(named.start)

    def become(self, named: NamedAccount) -> None:
        """Switch to another oddity, at its start. Settings that it does not name stay as they are."""
        with self._lock:
            self.named, self.turned = named, False
            self._apply(named.start)

    def turn(self) -> None:
        """Change as the oddity says, once."""
        with self._lock:
            if self.turned:
                return
            self.turned = True
            self._apply(self.named.turn)
            if self.named.partly_deleted:
                self.account.delete_partly(SWEDISH, self.named.partly_deleted)

    def turn_after(self, seconds: float, stop: threading.Event) -> None:
        """Turn after `seconds`, unless `stop` is set before."""

        def wait() -> None:
            if not stop.wait(seconds):
                self.turn()

        threading.Thread(target=wait, name="turn", daemon=True).start()

    def _apply(self, settings: Settings) -> None:
        for survey, wanted in settings.items():
            self.account.configure(survey, **copy.deepcopy(dict(wanted)))
