"""A reload's old workers go on until the new ones can answer."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.process import gunicorn_conf


class Tmp:
    """A worker's sign of life: changes when it has loaded."""

    def __init__(self, *moments):
        self.moments = list(moments)

    def last_update(self):
        return self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]


class Worker:
    def __init__(self, pid, *moments):
        self.pid, self.tmp = pid, Tmp(*moments)


class Server:
    def __init__(self, *workers):
        self.WORKERS = {worker.pid: worker for worker in workers}
        self.managed = 0

    def manage_workers(self):
        self.managed += 1


@pytest.fixture
def child():
    """A process of ours that lives until the test has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.communicate(b"\n")


def test_old_workers_are_ended_once_the_new_ones_have_loaded(child):
    server = Server(Worker(1, 0.0))
    gunicorn_conf.on_reload(server)
    server.WORKERS[child] = Worker(child, 5.0, 5.0, 5.0, 6.0)
    server.manage_workers()
    assert server.managed == 1
    assert server.WORKERS[child].tmp.moments == [6.0]
    server.manage_workers()  # afterwards it is gunicorn's own again
    assert server.managed == 2


def test_a_new_worker_that_died_is_not_waited_for():
    server = Server()
    gunicorn_conf.on_reload(server)
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"]) as dead:
        server.WORKERS[dead.pid] = Worker(dead.pid, 5.0)
        server.manage_workers()  # not reaped yet, which is the master's own work
    assert server.managed == 1
    gunicorn_conf.on_reload(server)
    server.WORKERS[0] = Worker(dead.pid, 5.0)  # reaped by now
    server.manage_workers()
    assert server.managed == 2


def test_a_worker_that_never_loads_does_not_keep_the_old_ones_for_ever(child, monkeypatch):
    monkeypatch.setattr(gunicorn_conf, "BOOT_SECONDS", 0.05)
    server = Server()
    gunicorn_conf.on_reload(server)
    server.WORKERS[child] = Worker(child, 5.0)
    server.manage_workers()
    assert server.managed == 1
