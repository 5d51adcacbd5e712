"""Every family of keys, damaged in every way: no 500, nothing told twice, nothing lost, and whole again by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from service.store.key_families import BY_NAME, FAMILIES
from service.store.keys import partition_of
from service.store.limits.concurrency_limit import FleetLimit
from service.store.limits.fetch_leases import Fetched
from service.store.repair.values import CHECKS
from service.survey.errors import DamagedValueError
from service.survey.retention import Retention
from service.sweeping.reconciling.expiry import Expiry
from service.sweeping.reconciling.reconcile import Reconciler
from service.sweeping.worker import Worker
from service.web.rate_limit import RateLimiter
from tests.support.damage import CASES, damage
from tests.support.edge import Edge
from tests.support.fakes import START, make_set
from tests.support.house import SURVEY, House

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = timedelta(days=1)
HOUR = 3600.0  # between two reconciles
CUSTOMERS = ("C-1", "C-2", "C-3")
READS = (
    *(f"/v1/customers/{name}/{what}" for name in CUSTOMERS for what in ("satisfaction", "results", "results/latest")),
    *(f"/v1/respondents/{number}/{what}" for number in (501, 502, 503, 504) for what in ("results", "results/latest")),
    "/v1/customers/satisfaction?id=C-1&id=C-2&id=never",
    "/v1/customers/C-1/results?limit=1", "/v1/customers", "/v1/customers?silent_days=0", "/v1/changes",
    "/v1/customers/updates", "/v1/customers/updates?since=now",
    "/v1/changes?since=now", "/v1/surveys", f"/v1/surveys/{SURVEY}/scales", "/v1/unmapped", "/readyz", "/metrics",
)  # fmt: skip


class Living(House):
    """A house with a worker, whose every hour's work is done at once."""

    def __init__(self, client) -> None:
        super().__init__(client)
        sweeper = self.sweeper()
        reconciler = Reconciler(self.upstream, self.store, sweeper, self.clock)
        expiry = Expiry(self.store, Retention(), self.clock)
        care = self.housekeeping(reconciler, HOUR, expiry=expiry)
        self.worker = Worker(sweeper.sweep, care, self.store.control, self.surveys, 60.0, self.clock)

    def work(self, rounds: int = 4) -> None:
        """As the worker's loop, for some minutes."""
        for _ in range(rounds):
            self.clock.advance(61)
            for survey in self.worker.due():
                self.worker.sweep_one(survey)
            self.worker.forget_unlisted()
            self.worker.heal()

    def fill(self) -> None:
        self.upstream.put(
            make_set(1, "Nöjd", customer="C-1", respondent=501, at=START - 3 * DAY),
            make_set(2, "Mycket missnöjd", customer="C-1", respondent=502, at=START - 2 * DAY, comment="Aj"),
            make_set(3, "Mycket nöjd", customer="C-2", respondent=503, at=START - DAY),
            make_set(4, "Sådär", customer=None, respondent=504, at=START - DAY),
        )
        self.work(2)
        self.upstream.put(make_set(5, "Missnöjd", customer="C-2", respondent=503))
        self.upstream.put(make_set(9, "Missnöjd", customer="purged", respondent=509))
        self.work(2)
        self.store.eraser.customer("purged")
        self.store.fetches.done(501, Fetched(1_700_000_000_000, ok=True), 60)
        self.store.fetches.take(502, 60)
        self.store.rate_limit.lease("crm", 5, 100)
        self.store.counters.add({("netigate_results_filed_total", "4711"): 1})
        self.client.zadd(self.keys.pending, {"4711/3": 1})
        self.client.hset(self.keys.intents(SURVEY), "77", "")
        self.client.xadd(self.keys.feed_rewritten("ab12"), self.client.xrange(self.keys.feed)[0][1])
        self.client.expire(self.keys.feed_rewritten("ab12"), 600)


@pytest.fixture
def living(valkey):
    house = Living(valkey)
    house.fill()
    return house


def state_of(house: Living) -> dict[str, object]:
    """All that readers are told, but freshness."""
    stands, _ = house.store.standing.page(
        ["very_dissatisfied", "dissatisfied"], limit=50, max_score=None, before=None, cursor=None
    )
    return {
        **{customer: {**house.summary(customer, comments=True), "freshness": None} for customer in CUSTOMERS},
        **{f"sets of {customer}": house.sets_of(customer) for customer in CUSTOMERS},
        **{f"respondent {number}": house.sets_of_respondent(number) for number in (501, 502, 503, 504)},
        "standing": [(s.customer_id, s.rows) for s in stands],
    }


class Follower:
    """A CRM that follows `updates`, and begins anew where it is refused; it never forgets whom it was not told of."""

    def __init__(self, edge: Edge) -> None:
        self.cursor, self.held = None, {}
        self.look(edge)

    def look(self, edge: Edge) -> dict[str, object]:
        reply = edge.get("/v1/customers/updates" + (f"?cursor={self.cursor}" if self.cursor else ""))
        if reply.status_code == 410:
            reply = edge.get("/v1/customers/updates")
        assert reply.status_code == 200
        self.cursor = reply.json["cursor"]
        for told in reply.json["customers"]:
            self.held[told["customer_id"]] = None if told.get("gone") else {**told, "freshness": None}
        return self.held


# Of these each answer is the whole truth, or none.
TRUE = tuple(path for path in READS if "updates" not in path and path.startswith(("/v1/customers", "/v1/respondents")))


def truth(edge: Edge, paths: Iterable[str] = TRUE) -> dict[str, object]:
    """What is answered, but freshness; None for a 503 that says when to ask again."""
    replies = {path: edge.get(path) for path in paths}
    for path, reply in replies.items():
        assert reply.status_code in {200, 503}, path
        assert reply.status_code == 200 or reply.headers["Retry-After"], path
    return {
        path: without_freshness(reply.json) if reply.status_code == 200 else None for path, reply in replies.items()
    }


def without_freshness(found: object) -> object:
    if isinstance(found, dict):
        return {name: without_freshness(value) for name, value in found.items() if name != "freshness"}
    return [without_freshness(one) for one in found] if isinstance(found, list) else found


def assert_true(house: Living, before: dict[str, object]) -> None:
    """By a process that has no copies."""
    for path, found in truth(Edge(house), before).items():
        assert found in (None, before[path]), path


def ask(edge: Edge, cursor: str) -> dict[str, int]:
    paths = (*READS, f"/v1/changes?cursor={cursor}")
    return {
        path: edge.get(path).status_code for path in paths if "scales" not in path or edge.get(path).status_code != 404
    }


def test_every_family_has_a_reader_that_tells_damage():
    assert set(CHECKS) == {family.name for family in FAMILIES}


@pytest.mark.parametrize(("family", "how"), CASES, ids=[f"{family.name}-{how}" for family, how in CASES])
def test_damage_costs_no_500_and_heals(living, family, how):
    before, told = state_of(living), [change["id"] for change in living.changes()]
    # Whoever was purged is let in again where the keep-outs themselves are lost.
    answered = truth(Edge(living), (path for path in TRUE if family.name != "kept_out" or path.count("/") > 2))
    assert len(told) == 3 or told
    before_it = Edge(living)
    cursor = before_it.get("/v1/changes?limit=1").json["cursor"]
    follower = Follower(before_it)
    damage(living.client, living.keys, family, how)

    limiter = RateLimiter(living.store.rate_limit, living.clock, limit=100, processes=1)
    edge = Edge(living, {"limiter": limiter})
    answers = ask(edge, cursor)
    # A number of permits cannot be told from another: it costs a caller the rest of its minute.
    allowed = {200, 503, 410} | ({429} if (family.name, how) == ("rate_limit", "foreign number") else set())
    assert not {path: status for path, status in answers.items() if status not in allowed}, answers
    assert answers["/metrics"] == 200
    with FleetLimit(living.client, living.keys, living.clock, cap=2, auth_probe=60).slot(living.clock.monotonic() + 1):
        pass

    # By copies of before, by a process without any, and at each step of healing.
    assert_true(living, answered)
    living.worker.heal()
    assert_true(living, answered)
    for _ in range(3):
        living.work(1)
        assert_true(living, answered)
    assert truth(Edge(living), answered) == answered, "healed"
    living.upstream.put(make_set(6, "Mycket missnöjd", customer="C-3", respondent=506, at=living.clock.now()))
    living.work(2)
    living.clock.advance(HOUR)
    living.work(2)

    assert not living.store.repair.look().families
    after = state_of(living)
    for name, was in before.items():
        if "C-3" not in name and name != "standing":
            assert after[name] == was, name
    assert after["sets of C-3"] == [6]
    behind_it = Edge(living)
    held = follower.look(behind_it)
    assert {name: held[name] for name in CUSTOMERS} == {name: after[name] for name in CUSTOMERS}
    assert set(ask(behind_it, living.store.feed.now()).values()) == {200}
    now = [change["id"] for change in living.changes()]
    assert len(set(now)) == len(now), "told twice"
    if family.name != "feed":
        assert now[: len(told)] == told, "lost"
    assert living.changes()[-1]["customer_id"] == "C-3", "what was answered meanwhile is told"
    if family.name in {"feed", "epoch"}:
        assert edge.get(f"/v1/changes?cursor={cursor}").status_code == 410
    # A purge leaves nothing of a customer, whatever there was.
    living.store.eraser.customer("C-1")
    assert living.sets_of("C-1") == []
    assert living.summary("C-1", comments=True)["answered"] == 0


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_purge_of_everything_ends_and_leaves_nothing(living, family):
    damage(living.client, living.keys, family, "another type")
    living.store.eraser.everything()
    left = [key for pattern in living.keys.patterns for key in living.client.scan_iter(match=pattern)]
    assert left == []


def test_a_change_dated_in_the_far_future_does_not_stop_the_feed(living):
    told = [change["id"] for change in living.changes()]
    living.client.xadd(living.keys.feed, {"e": "foreign"}, id=f"{2**64 - 1}-{2**64 - 1}")
    living.upstream.put(make_set(6, "Mycket missnöjd", customer="C-3", respondent=506, at=living.clock.now()))
    living.work()
    now = living.changes()
    assert [change["id"] for change in now[:-1]] == told
    assert now[-1]["customer_id"] == "C-3"


def test_damage_is_counted_and_named(living):
    damage(living.client, living.keys, BY_NAME["partition"], "foreign bytes")
    edge = Edge(living)
    assert edge.get("/v1/customers/C-1/satisfaction").status_code == 503
    name = 'netigate_results_damaged_values_total{family="partition"}'
    assert edge.metrics()[name] > 0
    found = living.store.repair.look()
    assert any(line.startswith("partition: ") for line in found.lines())
    assert living.store.repair.look().counts == found.counts, "a look changes nothing"


def test_one_customers_damage_is_nobody_elses(living):
    key = living.keys.partition(partition_of("C-1", 0))
    before = living.summary("C-2")
    living.client.set(key, "foreign")
    edge = Edge(living)
    assert edge.get("/v1/customers/C-1/satisfaction").status_code == 503
    assert edge.get("/v1/customers/satisfaction?id=C-1&id=C-2").status_code == 503
    assert {**living.summary("C-2"), "freshness": None} == {**before, "freshness": None}
    assert edge.get("/v1/customers/satisfaction?id=C-2&id=never").status_code == 200


@pytest.mark.parametrize("field", ["s", "S", "x"])
def test_what_follows_from_the_bodies_is_served_though_it_is_damaged(living, field):
    key = living.keys.partition(partition_of("C-1", 0))
    before, sets = living.summary("C-1", comments=True), living.sets_of("C-1")
    living.client.hset(key, field, b"\x07foreign")
    after = living.summary("C-1", comments=True)
    assert {**after, "freshness": None} == {**before, "freshness": None}
    assert living.sets_of("C-1") == sets


def test_a_body_of_another_customer_is_served_to_nobody(living):
    mine, theirs = (living.keys.partition(partition_of(customer, 0)) for customer in ("C-1", "C-2"))
    living.client.hset(mine, f"b:{SURVEY}/1", living.client.hget(theirs, f"b:{SURVEY}/3"))
    assert living.store.repair.look().families == {"partition"}
    with pytest.raises(DamagedValueError):
        living.sets_of("C-1")
    living.work()
    assert living.sets_of("C-1") == [2, 1]


def test_values_of_before_there_were_checksums_are_read(living):
    """An upgrade: every value as the version before wrote it."""
    before, told = state_of(living), living.changes()
    for pattern in living.keys.patterns:
        for key in living.client.scan_iter(match=pattern):
            if living.client.type(key) == b"hash":
                for field, value in living.client.hgetall(key).items():
                    living.client.hset(key, field, as_before(value))
    assert state_of(living) == before
    assert not living.store.repair.look().families
    living.upstream.put(make_set(1, "Missnöjd", customer="C-1", respondent=501, at=START, updated=living.clock.now()))
    living.work()
    assert living.changes()[: len(told)] == told
    assert living.sets_of("C-1") == [1, 2]


def as_before(value: bytes) -> bytes:
    if value[:1] == b"\x02":
        return b"\x01" + value[5:]
    return value[9:] if value[:1] == b"2" and value[9:10] in {b"[", b"{"} else value
