"""The simulator in a process of its own, for tests."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from tests.harness import http
from tests.harness.processes import await_said, environment, start, stop

if TYPE_CHECKING:
    from types import TracebackType

    import requests

DEMO_KEY = "00000000-0000-4000-8000-000000000000"
SWEDISH, GERMAN, ENGLISH = 4711, 4712, 4713
SURVEYS = (SWEDISH, GERMAN, ENGLISH)
CUSTOMER_LABEL, CONTACT_LABEL = "CRM-ID", "Kontakt-ID"
# None of these may be found in what the service stores, answers or logs.
LEAK_MARKERS = (
    "leak-password-6b1f",
    "leak-survey-url-6b1f",
    "leak-email-6b1f",
    "leak-anonymous-6b1f",
    "leak-unfinished-6b1f",
)
_ADDRESS = re.compile(r"simulator on (http://\S+)\s")


class Simulator:
    """A simulator that answers at `base_url`."""

    def __init__(self, base_url: str = "", key: str = DEMO_KEY) -> None:
        self.base_url = base_url
        self.key = key
        self._session = http.session()

    @property
    def root(self) -> str:
        """The address without the API's path."""
        return self.base_url.removesuffix("/api/v1.2")

    @property
    def port(self) -> int:
        return int(self.root.rsplit(":", 1)[1])

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, **query: Any) -> requests.Response:
        """Ask the API: `get("/surveys")`."""
        return self._session.get(self.base_url + path, params=query, headers={"X-API-KEY": self.key}, timeout=60)

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call a control route; raises requests.HTTPError where it refuses."""
        reply = self._session.request(method, f"{self.root}/_control{path}", json=body, params=query, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def fault(self, kind: str, **details: Any) -> int:
        """Switch a fault on, such as `fault("429", path="answersWithData", count=2, retry_after=1)`; gives its id."""
        return int(self.control("POST", "/faults", {"kind": kind, **details})["id"])

    def lift(self, fault: int | None = None) -> None:
        """End one fault, or all."""
        self.control("DELETE", "/faults" if fault is None else f"/faults/{fault}")

    def faults(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "/faults")["faults"])

    def requests(self, last: int = 1000) -> dict[str, Any]:
        """What was asked: total, counts by route, statuses, in_flight, max_concurrent, violations, requests."""
        return dict(self.control("GET", "/requests", last=last))

    def clear_requests(self) -> None:
        self.control("DELETE", "/requests")

    @property
    def violations(self) -> list[dict[str, Any]]:
        """Requests that are no documented read. Must stay empty."""
        return list(self.requests(last=0)["violations"])

    def add(self, survey: int = SWEDISH, **fields: Any) -> dict[str, Any]:
        """Add one answer set: `add(customer="C-9", answers={31: "Nöjd"})`; gives set, respondent, updated …"""
        return dict(self.change([{"survey": survey, **fields}])[0])

    def edit(self, answer_set: int, **fields: Any) -> dict[str, Any]:
        """Edit one: `edit(9001, answers={31: "Nöjd"})`, `edit(9001, completed=None)`, `edit(9001, customer="C-2")`."""
        return dict(self.change([{"set": answer_set, **fields}])[0])

    def change(self, sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add and edit many at once; readers see all of it or nothing."""
        return list(self.control("POST", "/answers", {"sets": sets})["sets"])

    def turn_everybody(self, number: int, customers: int) -> list[dict[str, Any]]:
        """A round of answers by K-0, K-1 …, each the opposite of the customer's last one, so that each is a change."""
        answers = {31: "Mycket missnöjd" if number % 2 == 0 else "Mycket nöjd"}
        moment = int(time.time()) - 3600 + number * 60
        one = {"survey": SWEDISH, "answers": answers, "created": moment, "completed": moment}
        return self.change([{**one, "customer": f"K-{place}"} for place in range(customers)])

    def erase(self, answer_set: int) -> None:
        self.control("DELETE", f"/answers/{answer_set}")

    def live(self, steps: int = 1) -> list[dict[str, Any]]:
        """Make so many live changes now; gives what was added or edited."""
        return list(self.control("POST", "/live", steps=steps)["sets"])

    def truth(self, customer: str | None = None) -> list[dict[str, Any]]:
        """Every answer set with its answers, or those of one customer, to compare results with."""
        query = {} if customer is None else {"customer": customer}
        return list(self.control("GET", "/answers", **query)["sets"])

    def enlist(self, customer: str, survey: int = SWEDISH, contact: str | None = None) -> int:
        """Put a respondent who has answered nothing on a survey's list; gives the respondent's id."""
        body = {"customer": customer, "survey": survey, "contact": contact}
        return int(self.control("POST", "/customers", body)["respondent"])

    def forget(self, customer: str) -> int:
        """Erase a customer's answer sets and respondents; gives how many sets there were."""
        return int(self.control("DELETE", f"/customers/{quote(customer, safe='')}")["erased"])

    def survey(self, survey: int, **settings: Any) -> dict[str, Any]:
        """Make a survey misbehave: `survey(4711, tree=["weights_turned"])`; docs/simulator.md lists the settings."""
        return dict(self.control("POST", f"/surveys/{survey}", settings))

    def delete_partly(self, sets: int, survey: int = SWEDISH) -> list[dict[str, Any]]:
        """Remove person and text from the oldest sets, as Partial Delete does; gives which sets."""
        return list(self.control("POST", f"/surveys/{survey}/partial_delete", {"sets": sets})["sets"])

    def turn(self) -> None:
        """Make a named account start to misbehave now."""
        self.control("POST", "/account", {})


class SimulatorProcess(Simulator):
    """`with SimulatorProcess() as netigate:` starts one and always ends it.

    Live changes are off unless `pace` (seconds) is given. `now`, by default the moment this object is made, is where
    the history of answers ends at every start: a restart brings the same data, without a test's changes. Start it
    from the main thread: it is told to end when the thread that started it ends.
    """

    def __init__(
        self,
        *,
        customers: int = 200,
        seed: int = 1,
        key: str = DEMO_KEY,
        pace: float = 0,
        now: str | None = None,
        port: int = 0,
        account: str = "plain",
    ) -> None:
        super().__init__(key=key)
        self._arguments = [
            f"--port={port}",
            f"--customers={customers}",
            f"--seed={seed}",
            f"--key={key}",
            f"--pace={pace}",
            f"--account={account}",
            "--turn-after=86400",
            f"--now={now or datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.close()

    def start(self) -> None:
        """Start it; returns when it answers."""
        command = [sys.executable, "-m", "service.simulator", *self._arguments]
        self._process = start(command, environment(PYTHONUNBUFFERED="1"), stdout=subprocess.PIPE)
        try:
            self.base_url = await_said(self._process, _ADDRESS)[1]
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def restart(self) -> None:
        """End it and start it again on the same port, with the data as at the first start."""
        port = self.port
        self.stop()
        self._arguments[0] = f"--port={port}"
        self.start()

    def stop(self) -> int | None:
        """End it, by force if need be; gives its exit status. Connections are refused from then on."""
        process, self._process = self._process, None
        if process is None:
            return None
        status = stop(process)
        assert process.stdout is not None
        process.stdout.close()
        return status
