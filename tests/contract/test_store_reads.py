"""Codebook: pages, respondents, summaries, and what a read costs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest
import redis

from service.cache.lookup import NO_ANSWER
from service.store.codec import Revision
from service.store.connection.connections import SocketConnection
from service.store.reads import position
from service.survey.summary import HISTORY
from tests.support.fakes import START, make_set
from tests.support.house import House


@pytest.fixture
def filled(two_surveys):
    """Twelve sets of one customer: two respondents, two surveys, two of them answered in the same second."""
    sets = {
        number: make_set(
            number,
            "Nöjd",
            respondent=501 + number % 2,
            survey_id=4711 + number % 3 % 2,
            at=START + timedelta(days=min(number, 11)),
        )
        for number in range(1, 13)
    }
    for survey in two_surveys.surveys:
        two_surveys.file(*[given for given in sets.values() if given.survey_id == survey])
    two_surveys.file(make_set(99, customer="C-2", respondent=600))
    two_surveys.sets = sets
    return two_surveys


def newest_first(sets):
    return [s.id for s in sorted(sets, key=lambda s: (s.completed, s.survey_id, s.id), reverse=True)]


@pytest.mark.parametrize("limit", [1, 2, 5, 12, 100])
@pytest.mark.parametrize("survey", [None, 4711, 4712])
def test_pages_give_each_result_once_newest_first(filled, limit, survey):
    found, after, pages, more = [], None, 0, True
    while more:
        page, _ = filled.store.reads.customer_results("C-1", survey_id=survey, limit=limit, after=after)
        found += page.results
        more, pages = page.more, pages + 1
        row = found[-1].row
        after = (row.answered, row.survey_id, row.answer_set_id)
    wanted = newest_first(s for s in filled.sets.values() if survey in {None, s.survey_id})
    assert [result.answer_set_id for result in found] == wanted
    assert pages == -(-len(wanted) // limit)


def test_ids_that_no_double_tells_apart_are_kept_apart_and_in_their_order(two_surveys):
    """A Lua number does not, nor does cjson. All were answered in the same second, so that ids alone order them."""
    numbers = [2**63 - 1, 2**63 - 2, 2**53 + 1, 2**53, 2**53 - 1, 9]
    respondent = 2**63 - 1
    for number in numbers:
        two_surveys.file(make_set(number, "Nöjd", respondent=respondent))
    two_surveys.file(make_set(2**63 - 1, "Missnöjd", customer="C-2", respondent=respondent - 1, survey_id=4712))
    for limit in (1, 4):
        found, after, more = [], None, True
        while more:
            page, _ = two_surveys.store.reads.customer_results("C-1", survey_id=None, limit=limit, after=after)
            found += page.results
            more, after = page.more, position(found[-1])
        assert [result.answer_set_id for result in found] == numbers
    assert two_surveys.sets_of_respondent(respondent) == numbers
    assert two_surveys.sets_of_respondent(respondent - 1) == [2**63 - 1]


def test_a_page_goes_on_where_it_was_though_newer_ones_came_and_its_own_row_went(filled):
    first, _ = filled.store.reads.customer_results("C-1", survey_id=None, limit=4, after=None)
    row = first.results[-1].row
    filled.store.eraser.sets(row.survey_id, [row.answer_set_id])
    filled.file(make_set(50, at=START + timedelta(days=400)))
    after = (row.answered, row.survey_id, row.answer_set_id)
    rest, _ = filled.store.reads.customer_results("C-1", survey_id=None, limit=100, after=after)
    assert [result.answer_set_id for result in rest.results] == newest_first(filled.sets.values())[4:]


def test_nobody_has_an_empty_page(filled):
    page, _ = filled.store.reads.customer_results("nobody", survey_id=None, limit=5, after=None)
    assert (page.results, page.more) == ((), False)
    assert filled.store.reads.respondent_results(424242)[0] == []


def test_a_respondent_reads_its_own_alone(filled):
    odd = newest_first(s for s in filled.sets.values() if s.respondent_id == 502)
    assert filled.sets_of_respondent(502) == odd
    assert filled.sets_of_respondent(600) == [99]


def test_a_respondent_without_a_customer_is_read_by_respondent(house):
    house.file(make_set(1, customer=None), make_set(2, customer=None, respondent=502))
    assert house.sets_of_respondent(501) == [1]
    assert house.summary("C-1")["latest"] is None


def test_a_respondent_who_answered_for_two_customers(house):
    house.file(make_set(1), make_set(2, customer="C-2", at=START + timedelta(days=1)))
    assert house.sets_of_respondent(501) == [2, 1]
    assert (house.sets_of("C-1"), house.sets_of("C-2")) == ([1], [2])


def test_what_was_filed_comes_back_as_it_was(house):
    given = make_set(1, "Nöjd", contact="P-7", comment="Bra ☃ jobbat", recommend=9)
    (filing,) = house.filings(given)
    house.file(given)
    ((result, raw),) = house.store.reads.bodies([(filing.revision.partition, 4711, 1)])
    assert result == filing.body.result
    assert [answer.text for answer in raw.answers] == ["Nöjd", "Bra ☃ jobbat", "9"]
    assert house.store.reads.exist([(filing.revision.partition, 4711, 1), (filing.revision.partition, 4711, 2)]) == [
        True,
        False,
    ]
    assert house.store.reads.revision(4711, 1) == filing.revision
    assert dict(house.store.reads.revisions(4711)) == {1: filing.revision}
    assert house.store.reads.revision(4711, 2) is None


def test_more_revisions_than_one_look_gives(house):
    count = 1234
    values = {str(n): Revision("d", n, n, n, "r1", None).encode() for n in range(count)}
    house.client.hset(house.keys.revisions(4711), mapping=values)
    found = dict(house.store.reads.revisions(4711))
    assert sorted(found) == list(range(count))
    places = [("r1", 4711, n) for n in range(count)]
    assert house.store.reads.exist(places) == [False] * count


def test_summaries_come_in_the_order_asked(filled):
    found, _ = filled.store.reads.summaries(["C-2", "nobody", "C-1", "C-2"], comments=False)
    assert [NO_ANSWER in summary.body for summary in found] == [False, True, False, False]
    assert found[0] == found[3]


def test_comments_stand_only_in_the_summary_that_has_them(house):
    house.file(make_set(1, comment="privat"), make_set(2, customer="C-2", respondent=502))
    assert b"privat" in house.stored("C-1", comments=True).body
    assert b"privat" not in house.stored("C-1").body
    assert house.stored("C-1").etag != house.stored("C-1", comments=True).etag
    assert house.stored("C-2") == house.stored("C-2", comments=True)
    # The comment's own result is no longer the newest: nothing is left of it.
    house.file(make_set(3, at=START + timedelta(days=1)))
    assert house.stored("C-1") == house.stored("C-1", comments=True)


def test_history_is_bounded_and_answered_is_not(house):
    house.file(*[make_set(n, at=START + timedelta(days=n)) for n in range(1, HISTORY + 11)])
    document = house.summary("C-1")
    assert (document["answered"], len(document["history"])) == (HISTORY + 10, HISTORY)
    assert document["history"][0]["answered_at"] == document["last_answered_at"]


class CountedConnection(SocketConnection):
    """Counts how often something is sent: a pipeline is one send."""

    sent: ClassVar = Counter()

    def send_packed_command(self, command, check_health=True):
        self.sent["times"] += 1
        super().send_packed_command(command, check_health)


def test_a_customer_read_is_one_round_trip(valkey_url, valkey):
    House(valkey).file(make_set(1), make_set(2, customer="C-2", respondent=502))
    pool = redis.ConnectionPool(connection_class=CountedConnection, path=valkey_url.removeprefix("unix://"))
    client = redis.Redis(connection_pool=pool)
    client.ping()
    reads = House(client).store.reads
    for read in (
        lambda: reads.summaries(["C-1"], comments=True),
        lambda: reads.summaries([f"C-{n}" for n in range(100)], comments=False),
        lambda: reads.customer_results("C-1", survey_id=4711, limit=20, after=None),
    ):
        read()  # opens a connection
        CountedConnection.sent.clear()
        read()
        assert CountedConnection.sent["times"] == 1
    client.close()
    pool.disconnect()
