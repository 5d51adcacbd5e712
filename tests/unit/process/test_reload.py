"""What a supervisor does when it is told to reload, to drain, and when its terminal is gone."""

from __future__ import annotations

import os
import signal
import sys
import textwrap

from service.process import supervisor
from service.process.supervisor import Child, Supervisor

from .children import end_us, lines, pids, sleeper


def test_a_hangup_reloads_what_takes_it_and_starts_the_rest_anew(tmp_path, said, quick, monkeypatch):
    monkeypatch.setattr(supervisor, "TERMINAL", str(tmp_path / "none"))
    log, objections = tmp_path / "log", iter(["Cannot start: API_KEYS is missing", None])
    program = f"""
        import signal, threading
        log = open({str(log)!r}, "a", buffering=1)
        signal.signal(signal.SIGHUP, lambda *_: log.write("again web\\n"))
        log.write("start web 0\\n")
        threading.Event().wait(60)
    """
    web = [sys.executable, "-c", textwrap.dedent(program)]
    children = [
        Child("store", sleeper(log, "store"), os.environ),
        Child("sweeper", sleeper(log, "sweeper"), os.environ, restarts=True),
        Child("web", web, os.environ, reload=signal.SIGHUP),
    ]

    def ready():
        if len(lines(log)) < 3:
            return False
        if not said or (len(said) == 1 and "again web" not in lines(log)):
            os.kill(os.getpid(), signal.SIGHUP)
        return len(pids(log, "sweeper")) == 2 and "again web" in lines(log) and end_us()

    assert Supervisor(children, said.append, objection=lambda: next(objections, None)).run(ready) == 0
    assert said == ["Not reloaded. Cannot start: API_KEYS is missing"]
    assert len(pids(log, "store")) == 1


def test_a_hangup_of_its_own_terminal_ends_it(tmp_path, said, quick, monkeypatch):
    terminal = tmp_path / "tty"
    terminal.touch()
    monkeypatch.setattr(supervisor, "TERMINAL", str(terminal))

    def ready():
        terminal.unlink()
        os.kill(os.getpid(), signal.SIGHUP)
        return True

    assert Supervisor([Child("a", sleeper(tmp_path / "log", "a"), os.environ)], said.append).run(ready) == 0


def test_it_drains_before_it_ends_anything_and_a_second_signal_hurries(tmp_path, said, quick):
    log, drained = tmp_path / "log", []

    def drain(hurry):
        end_us()
        assert hurry.wait(60)
        drained.extend(lines(log))

    child = Child("a", sleeper(log, "a"), os.environ, ready=lambda: bool(pids(log, "a")))
    assert Supervisor([child], said.append, drain=drain).run(end_us) == 0
    assert [line.split()[0] for line in drained] == ["start"]
    assert lines(log)[-1] == "end a"
