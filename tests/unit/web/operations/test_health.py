"""What /readyz says of a store that does not answer, or takes no writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.survey.errors import ForeignAnswerError, StoreAwayError, StorePasswordError, StoreRefusedError
from service.web.operations.health import NO_WRITES
from tests.support.edge import Edge
from tests.support.fakes import make_set

if TYPE_CHECKING:
    from tests.support.house import House

SAYS = {
    "wrong password": (StorePasswordError("wrong password"), "the store refuses the password"),
    "refused": (StoreRefusedError("permission"), "the store refuses to be read: permission"),
    "away": (StoreAwayError("TimeoutError"), "the store cannot be reached"),
}


@pytest.fixture
def swept(house: House) -> House:
    house.upstream.put(make_set(1))
    house.sweep()
    return house


@pytest.mark.parametrize("kind", [*NO_WRITES, "permission"])
def test_while_no_writes_are_taken_it_is_ready_degraded_and_says_why(swept: House, kind: str) -> None:
    reply = Edge(swept, parts={"writes": lambda: kind}).client.get("/readyz")
    assert (reply.status_code, reply.get_json()["status"]) == (200, "degraded")
    assert kind.replace("_", "-") in reply.get_data(as_text=True)


@pytest.mark.parametrize(("error", "says"), SAYS.values(), ids=SAYS)
def test_a_store_that_cannot_be_read_is_told_with_its_cause(
    swept: House, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    edge = Edge(swept)
    assert edge.client.get("/readyz").get_json()["status"] == "ready"

    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr(type(swept.store.control), "swept", broken)
    reply = edge.client.get("/readyz")
    assert (reply.status_code, reply.get_json()["reasons"]) == (200, [says])


@pytest.mark.parametrize("error", [StoreRefusedError("wrong_type"), ForeignAnswerError("summary")])
def test_a_read_that_is_refused_is_a_503_of_its_own(
    swept: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    edge = Edge(swept)
    real = type(swept.store.reads).summaries

    def broken(reads: Any, customers: list[str], **how: Any) -> Any:
        if "C-damaged" in customers:
            raise error
        return real(reads, customers, **how)

    monkeypatch.setattr(type(swept.store.reads), "summaries", broken)
    for _ in range(3):
        reply = edge.get("/v1/customers/C-damaged/satisfaction")
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
        assert edge.get("/v1/customers/C-1/satisfaction").status_code == 200
