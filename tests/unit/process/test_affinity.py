"""A worker stays on a core where all cores get as many, and wanders where they do not."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from service.process import affinity


class Server:
    """gunicorn's master, as far as the hooks see it."""

    def __init__(self, workers: int) -> None:
        self.num_workers = workers
        self.WORKERS: dict[int, SimpleNamespace] = {}

    def spawn(self) -> SimpleNamespace:
        worker = SimpleNamespace()
        affinity.pre_fork(self, worker)
        self.WORKERS[max(self.WORKERS, default=0) + 1] = worker
        return worker


@pytest.fixture
def machine(monkeypatch):
    """A system with these cores; what a worker was bound to."""
    bound = []
    monkeypatch.setattr(affinity.os, "sched_setaffinity", lambda _pid, cores: bound.append(cores), raising=False)

    def has(*cores: int):
        monkeypatch.setattr(affinity.os, "sched_getaffinity", lambda _pid: set(cores), raising=False)
        return bound

    return has


@pytest.mark.parametrize(("cores", "workers"), [((0, 1), 2), ((4, 7), 4), ((3,), 2), ((0, 1, 2), 3)])
def test_workers_share_the_cores_evenly(machine, cores, workers):
    bound = machine(*cores)
    server = Server(workers)
    for _ in range(workers):
        affinity.post_fork(server, server.spawn())
    found = Counter(core for (core,) in bound)
    assert set(found) == set(cores)
    assert max(found.values()) - min(found.values()) <= 1


def test_a_worker_that_died_is_followed_on_its_core(machine):
    machine(0, 1)
    server = Server(2)
    first, second = server.spawn(), server.spawn()
    del server.WORKERS[1]
    assert server.spawn().core == first.core != second.core


def test_while_a_reload_has_both_each_generation_is_spread(machine):
    machine(0, 1)
    server = Server(2)
    assert [server.spawn().core for _ in range(4)] == [0, 1, 0, 1]


@pytest.mark.parametrize(("cores", "workers"), [((0, 1, 2), 2), ((0, 1), 3)])
def test_where_they_cannot_be_spread_evenly_the_kernel_places_them(machine, cores, workers):
    bound = machine(*cores)
    server = Server(workers)
    affinity.post_fork(server, server.spawn())
    assert bound == []


def test_a_system_that_cannot_or_may_not_is_left_alone(machine, monkeypatch):
    machine(0, 1)
    server = Server(2)

    def forbidden(_pid, _cores):
        raise PermissionError

    monkeypatch.setattr(affinity.os, "sched_setaffinity", forbidden)
    affinity.post_fork(server, server.spawn())
    monkeypatch.setattr(affinity.os, "sched_getaffinity", lambda _pid: forbidden(0, 0))
    affinity.post_fork(server, server.spawn())
    monkeypatch.delattr(affinity.os, "sched_setaffinity")
    affinity.post_fork(server, server.spawn())
    assert server.WORKERS[2].core is server.WORKERS[3].core is None
