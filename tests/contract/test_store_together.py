"""Several processes at once: nothing is lost, nothing is told twice. On a real server, where it can go wrong."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.survey.errors import StaleLeaseError
from tests.support import stores
from tests.support.fakes import START, make_set
from tests.support.house import House

SURVEYS = (4711, 4712, 4713, 4714)
EACH = 12


@pytest.fixture
def houses(valkey_url, valkey):
    """One per thread, each with a connection of its own."""
    with (
        stores.connected(valkey_url) as a,
        stores.connected(valkey_url) as b,
        stores.connected(valkey_url) as c,
        stores.connected(valkey_url) as d,
    ):
        yield [House(client, surveys=SURVEYS) for client in (a, b, c, d)]


def together(*work):
    """Run these at the same moment; their results in order."""
    gate = threading.Barrier(len(work))

    def start(one):
        gate.wait(10)
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result(60) for future in [pool.submit(start, one) for one in work]]


def alternating(survey):
    """Low and high by turns: each makes a change against the one before."""
    return [
        make_set(
            survey * 100 + n,
            "Mycket missnöjd" if n % 2 == 0 else "Nöjd",
            survey_id=survey,
            respondent=survey,
            at=START + timedelta(hours=n * len(SURVEYS) + survey % len(SURVEYS)),
        )
        for n in range(EACH)
    ]


def test_sweepers_of_several_surveys_filing_one_customer_lose_nothing(houses):
    def sweeping(house, survey):
        def work():
            with house.lease(survey) as token:
                return sum(house.file(given, lease=token) for given in alternating(survey))

        return work

    filed = together(*[sweeping(house, survey) for house, survey in zip(houses, SURVEYS, strict=True)])
    assert filed == [EACH] * len(SURVEYS)
    wanted = {given.id for survey in SURVEYS for given in alternating(survey)}
    house = houses[0]
    assert set(house.sets_of("C-1")) == wanted
    assert house.summary("C-1")["answered"] == len(wanted)
    assert len(house.summary("C-1")["history"]) == len(wanted)
    for survey in SURVEYS:
        assert set(house.sets_of_respondent(survey)) == {given.id for given in alternating(survey)}
        assert {key for key, _ in house.store.reads.revisions(survey)} == {given.id for given in alternating(survey)}
    ids = [change["id"] for change in house.changes()]
    assert len(ids) == len(set(ids))


def test_the_same_page_filed_by_all_at_once_is_filed_once(houses):
    page = [make_set(n, "Mycket missnöjd", customer=f"C-{n % 5}", respondent=n) for n in range(1, 41)]
    filed = together(*[lambda house=house: house.file(*page) for house in houses])
    assert sum(filed) == len(page)
    assert sorted(s for n in range(5) for s in houses[0].sets_of(f"C-{n}")) == [s.id for s in page]
    changes = houses[0].changes()
    assert sorted(change["customer_id"] for change in changes) == [f"C-{n}" for n in range(5)]


def test_readings_of_one_set_end_with_the_newest(houses):
    words = ["Mycket missnöjd", "Missnöjd", "Nöjd", "Mycket nöjd"]
    codebooks = [make_set(1, word, updated=START + timedelta(minutes=n)) for n, word in enumerate(words)]
    together(*[lambda h=h, s=s: h.file(s) for h, s in zip(houses, reversed(codebooks), strict=True)])
    assert houses[0].summary("C-1")["score"] == 100.0


def test_erasing_while_others_file_ends_erased(houses):
    page = [make_set(n, "Missnöjd", respondent=n) for n in range(1, 21)]
    houses[0].file(*page)
    newer = [make_set(n, "Nöjd", respondent=n, updated=START + timedelta(hours=1)) for n in range(1, 21)]
    erase = [given.id for given in page[:10]]
    together(
        lambda: houses[0].store.eraser.sets(4711, erase),
        lambda: houses[1].file(*newer),
        lambda: [houses[2].file(given) for given in reversed(newer)],
        lambda: [houses[3].file(given) for given in newer],
    )
    left = {given.id for given in page[10:]}
    assert set(houses[0].sets_of("C-1")) == left
    assert not any(houses[0].sets_of_respondent(n) for n in erase)
    assert {change["answer_set_id"] for change in houses[0].changes()} <= left
    assert {key for key, _ in houses[0].store.reads.revisions(4711)} == left


def test_of_two_sweepers_one_is_fenced_off(houses):
    one, other = houses[0].store.control, houses[1].store.control
    tokens = together(lambda: one.take_lease(4711, 60), lambda: other.take_lease(4711, 60))
    (held,) = [token for token in tokens if token]
    with pytest.raises(StaleLeaseError):
        houses[0].file(make_set(1), lease="1:somebody")
    assert houses[1].file(make_set(1), lease=held) == 1
