"""A body that is somebody else's does not leave the store, however it came to be there."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from service.observability.metric_table import FOREIGN
from service.store.keys import partition_of
from service.survey.errors import DamagedValueError, ForeignAnswerError
from tests.support.edge import Edge
from tests.support.fakes import make_set


@pytest.fixture
def mixed(house):
    """C-1's partition holds what is C-2's."""
    house.file(make_set(1), make_set(2, customer="C-2", respondent=502))
    mine, theirs = (house.keys.partition(partition_of(customer, 0)) for customer in ("C-1", "C-2"))
    house.client.delete(mine)
    house.client.hset(mine, mapping=house.client.hgetall(theirs))
    return house


READS = {
    "one": lambda reads: reads.summary("C-1", comments=False, swept={}),
    "several": lambda reads: reads.summaries(["C-2", "C-1"], comments=True),
    "results": lambda reads: reads.customer_results("C-1", survey_id=None, limit=5, after=None),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_it_is_refused_counted_and_told(mixed, read):
    with capture_logs() as lines, pytest.raises(DamagedValueError) as refused:
        read(mixed.store.reads)
    assert "C-2" not in repr(refused.value)
    assert {line["event"] for line in lines} == {"foreign_answer"}
    assert {line["log_level"] for line in lines} == {"error"}
    counted = {name: count for name, count in mixed.store.counters.read().items() if name[0] == FOREIGN.name}
    asked = 2 if read is READS["several"] else 1  # several are read one by one where one of them is foreign
    assert sum(counted.values()) == 2 * asked  # each once more over another connection


@pytest.mark.parametrize("path", ["satisfaction", "results", "results/latest"])
def test_the_reader_gets_nothing_of_it_and_others_are_answered(mixed, path):
    edge = Edge(mixed)
    for _ in range(2):
        reply = edge.get(f"/v1/customers/C-1/{path}")
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
        assert b"C-2" not in reply.data
        assert edge.get(f"/v1/customers/C-2/{path}").status_code == 200


def test_another_sets_body_is_not_a_respondents(house):
    house.file(make_set(1), make_set(2, customer="C-2", respondent=502))
    key, theirs = (house.keys.partition(partition_of(customer, 0)) for customer in ("C-1", "C-2"))
    house.client.hset(key, "b:4711/1", house.client.hget(theirs, "b:4711/2"))
    with pytest.raises(ForeignAnswerError):
        house.sets_of_respondent(501)
    assert house.sets_of_respondent(502) == [2]


def test_one_that_was_only_mixed_up_on_its_way_is_asked_for_again(house, monkeypatch):
    house.file(make_set(1), make_set(2, customer="C-2", respondent=502))
    reads = house.store.reads
    real, gone_wrong = reads._pipeline.ask, []

    def once_anothers(*command):
        if gone_wrong:
            return real(*command)
        gone_wrong.append(command)
        return real(command[0], house.keys.partition(partition_of("C-2", 0)), *command[2:])

    monkeypatch.setattr(reads._pipeline, "ask", once_anothers)
    found, _ = reads.summary("C-1", comments=False, swept={})
    assert found.body.startswith(b'{"customer_id":"C-1",')


def test_filing_does_not_carry_it_on(mixed):
    """What is filed next for C-1 does not stand among C-2's."""
    mixed.file(make_set(3, respondent=503))
    document = mixed.summary("C-1")
    assert (document["customer_id"], document["answered"], document["latest"]["answer_set_id"]) == ("C-1", 1, 3)


@pytest.mark.parametrize("customer", ["a", 'q"uote', "back\\slash", "Åsa", "😀", "x" * 200, "a,b", "\x7f"])
def test_every_customer_owns_its_own(house, customer):
    house.file(make_set(1, customer=customer))
    assert house.summary(customer)["customer_id"] == customer
    assert house.sets_of(customer) == [1]
    assert house.summary(customer + "-never")["answered"] == 0
