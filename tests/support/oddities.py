"""A whole service over an account that is odd, with short intervals, and what its users see."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.harness.service import Service, account
from tests.harness.simulator import SimulatorProcess
from tests.harness.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Where the history of answers ends: at noon, so that a run at midnight is as any other, and some days ago, so that a
# test can give answers that are newer. Not on a fixed day, since the service keeps answers for a time only.
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=10)
SECONDS = 1 / 86_400  # in days
QUICK = {
    "WEB_CONCURRENCY": "1",
    "WEB_SERVER": "gunicorn",  # it ends sooner
    "RECONCILE_INTERVAL_SECONDS": "1",
    "CATALOGUE_INTERVAL_SECONDS": "0.2",
    "TREE_CONFIRM_SECONDS": "1",
    "REREAD_DAYS": f"{2 * SECONDS:f}",
    "GONE_DAYS": f"{2 * SECONDS:f}",
    "FRESH_FOR_SECONDS": "30",
    "RATE_LIMIT": "0",
}
DAYS = {"REREAD_DAYS": "7"}  # as it is usually: no page is read again while a test runs


def behind(**span: float) -> str:
    """A moment after the history's end, as Netigate writes it: `behind(hours=2)`."""
    return (NOON + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Odd:
    """A service over a simulator."""

    def __init__(self, netigate: SimulatorProcess, service: Service) -> None:
        self.netigate = netigate
        self.service = service

    def await_state(self, state: str = "fresh") -> None:
        until(lambda: self.freshness["state"] == state, what=f"answers that are {state}")

    @property
    def freshness(self) -> dict[str, Any]:
        return dict(self.service.summary("C-1001")["freshness"])

    @property
    def reasons(self) -> str:
        """What /readyz says is wrong, of a service that is ready."""
        reply = self.service.get("/readyz")
        assert reply.status_code == 200, reply.text
        return "\n".join(reply.json()["reasons"])

    def await_reason(self, said: str) -> None:
        until(lambda: said in self.reasons, what=f"a reason that says {said!r}")

    def await_gauge(self, name: str, survey: int, value: float) -> None:
        until(lambda: self.gauge(name, survey) == value, what=f"{name} {value:g} of survey {survey}")

    def gauge(self, name: str, survey: int) -> float:
        found = re.search(rf'^netigate_results_{name}{{survey="{survey}"}} (\S+)$', self.metrics, re.MULTILINE)
        assert found, name
        return float(found[1])

    @property
    def metrics(self) -> str:
        return self.service.get("/metrics").text

    def summaries(self) -> dict[str, dict[str, Any]]:
        """Every customer who has answered, without what time alone changes."""
        names, found = sorted(self.answered()), {}
        for at in range(0, len(names), 100):
            reply = self.service.get("/v1/customers/satisfaction?" + "&".join(f"id={n}" for n in names[at : at + 100]))
            assert reply.status_code == 200, reply.text
            found |= {one["customer_id"]: one for one in reply.json()["customers"]}
        for one in found.values():
            del one["freshness"]
        return found

    def scores(self) -> dict[str, float | None]:
        return {name: one["score"] for name, one in self.summaries().items()}

    def answered(self) -> dict[str, int]:
        """How many answer sets each customer has finished under a name, by Netigate."""
        counts: dict[str, int] = {}
        for one in self.netigate.truth():
            if one["completed"] and one["respondent"] > 0 and one["customer"]:
                counts[one["customer"]] = counts.get(one["customer"], 0) + 1
        return counts

    def await_everything(self) -> None:
        """Returns once every answer set of the account is served."""

        def all_served() -> bool:
            served = {name: one["answered"] for name, one in self.summaries().items()}
            return served == self.answered()

        until(all_served, what="every answer of the account", every=0.2)

    def changes(self) -> list[dict[str, Any]]:
        """The feed, whole."""
        return list(self.service.get("/v1/changes?limit=500").json()["changes"])

    def low(self) -> list[tuple[str, float]]:
        found = self.service.get("/v1/customers?max_score=40").json()["customers"]
        return [(one["customer_id"], one["score"]) for one in found]

    def results(self, customer: str) -> list[dict[str, Any]]:
        return list(self.service.get(f"/v1/customers/{customer}/results").json()["results"])

    def answers(self, customer: str) -> list[dict[str, Any]]:
        """The answers of a customer's latest result."""
        latest = self.service.summary(customer)["latest"]
        return list(latest["answers"]) if latest else []


@contextmanager
def odd(
    name: str = "plain", *, customers: int = 20, settings: Mapping[int, Mapping[str, Any]] | None = None, **options: str
) -> Iterator[Odd]:
    """A service over a named account; `settings`: of surveys, made before the service starts."""
    with SimulatorProcess(customers=customers, account=name, now=behind()) as netigate:
        for survey, more in (settings or {}).items():
            netigate.survey(survey, **more)
        with Service(**account(netigate, **QUICK | options)) as service:
            yield Odd(netigate, service)
