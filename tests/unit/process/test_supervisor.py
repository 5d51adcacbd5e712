"""The supervisor over small children of its own: started in order, revived, ended in reverse, outlived by none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from service.process import supervisor
from service.process.supervisor import Child, StartError, Supervisor, leash, lock, python
from tests.harness.processes import running
from tests.harness.waiting import until

ROOT = Path(__file__).parents[3]


def sleeper(log: Path, name: str) -> list[str]:
    """Writes when it starts and when it is told to end."""
    program = f"""
        import os, signal, sys, threading
        log = open({str(log)!r}, "a", buffering=1)
        end = threading.Event()
        def told(*_):
            log.write("end {name}\\n")
            end.set()
        signal.signal(signal.SIGTERM, told)
        log.write("start {name} " + str(os.getpid()) + "\\n")
        end.wait(60)
    """
    return [sys.executable, "-c", textwrap.dedent(program)]


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def pids(log: Path, name: str) -> list[int]:
    return [int(line.split()[2]) for line in lines(log) if line.startswith(f"start {name} ")]


def alive(pid: int) -> bool:
    return bool(running([pid]))


@pytest.fixture
def said():
    return []


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(supervisor, "RESTART_DELAY", 0.01)
    monkeypatch.setattr(supervisor, "LOOK", 0.01)


def end_us():
    os.kill(os.getpid(), signal.SIGTERM)
    return True


def test_children_start_in_order_and_end_in_reverse(tmp_path, said, quick):
    log = tmp_path / "log"
    children = [
        Child(name, sleeper(log, name), os.environ, ready=lambda name=name: bool(pids(log, name)))
        for name in ("a", "b")
    ]
    before = signal.getsignal(signal.SIGTERM)
    assert Supervisor(children, said.append).run(end_us) == 0
    assert [" ".join(line.split()[:2]) for line in lines(log)] == ["start a", "start b", "end b", "end a"]
    assert said == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_ready_is_asked_for_until_it_is_true_and_then_no_more(tmp_path, said, quick):
    log, answers = tmp_path / "log", iter([False, False, True])

    def ready():
        found = next(answers)
        if found:
            threading.Timer(0.1, end_us).start()
        return found

    assert Supervisor([Child("a", sleeper(log, "a"), os.environ)], said.append).run(ready) == 0


def test_a_child_that_dies_is_started_again(tmp_path, said, quick, monkeypatch):
    monkeypatch.setattr(supervisor, "QUICK", 0.0)
    log = tmp_path / "log"

    def ready():
        started = pids(log, "a")
        if len(started) in {1, 2} and alive(started[-1]):
            os.kill(started[-1], signal.SIGKILL)
        return len(started) == 3 and end_us()

    assert Supervisor([Child("a", sleeper(log, "a"), os.environ)], said.append).run(ready) == 0
    assert said == ["a ended (exit status -9); starting it again"] * 2
    assert not any(alive(pid) for pid in pids(log, "a"))


def test_a_child_that_keeps_dying_ends_everything(tmp_path, said, quick):
    log = tmp_path / "log"
    children = [
        Child("good", sleeper(log, "good"), os.environ, ready=lambda: bool(pids(log, "good"))),
        Child("bad", [sys.executable, "-c", "raise SystemExit(3)"], os.environ),
    ]
    assert Supervisor(children, said.append).run(lambda: False) == 1
    assert said[-1] == "bad keeps ending; giving up"
    assert lines(log)[-1] == "end good"


def test_a_child_that_refuses_its_options_ends_everything_and_is_not_tried_again(tmp_path, said, quick):
    program = f"open({str(tmp_path / 'tries')!r}, 'a').write('x'); raise SystemExit(2)"
    refusing = Child("sweeper", [sys.executable, "-c", program], dict(os.environ))
    assert Supervisor([refusing], said.append).run(lambda: True) == 2
    assert (tmp_path / "tries").read_text() == "x"
    assert said == []  # the child has said it


def test_a_child_that_ends_before_it_is_ready_stops_the_start(tmp_path, said, quick):
    log = tmp_path / "log"
    children = [
        Child("bad", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, ready=lambda: False),
        Child("next", sleeper(log, "next"), os.environ),
    ]
    assert Supervisor(children, said.append).run(lambda: True) == 1
    assert said == ["bad ended at its start (exit status 3)"]
    assert lines(log) == []


def test_a_child_that_never_gets_ready_stops_the_start(tmp_path, said, quick, monkeypatch):
    monkeypatch.setattr(supervisor, "READY_WITHIN", 0.05)
    log = tmp_path / "log"
    assert Supervisor([Child("a", sleeper(log, "a"), os.environ, ready=lambda: False)], said.append).run(bool) == 1
    assert said == ["a is not ready after 0.05 s"]


def test_told_to_end_while_starting_it_starts_no_more(tmp_path, said, quick):
    log = tmp_path / "log"
    children = [
        Child("a", sleeper(log, "a"), os.environ, ready=lambda: bool(pids(log, "a")) and end_us() and False),
        Child("b", sleeper(log, "b"), os.environ),
    ]
    assert Supervisor(children, said.append).run(lambda: True) == 0
    assert pids(log, "b") == []


def test_a_child_that_does_not_listen_is_killed(tmp_path, said, quick, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE", 0.1)
    log = tmp_path / "log"
    program = f"""
        import os, signal, threading
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open({str(log)!r}, "w").write(f"start a {{os.getpid()}}\\n")
        threading.Event().wait(60)
    """
    deaf = [sys.executable, "-c", textwrap.dedent(program)]
    assert Supervisor([Child("a", deaf, os.environ)], said.append).run(lambda: bool(pids(log, "a")) and end_us()) == 0
    assert not alive(pids(log, "a")[0])


@pytest.mark.skipif(not leash(), reason="no setpriv: nothing ends a child with its parent")
def test_a_killed_parent_leaves_no_child(tmp_path):
    log = tmp_path / "log"
    program = textwrap.dedent(f"""
        import os
        from service.process.supervisor import Child, Supervisor
        argv = {sleeper(log, "a")!r}
        Supervisor([Child("a", argv, os.environ)], print).run(lambda: True)
    """)
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    try:
        (pid,) = until(lambda: pids(log, "a"), what="the child's start")
    finally:
        parent.kill()
        parent.wait()
    until(lambda: not alive(pid), seconds=10, what="the child's end")
    assert lines(log)[-1] == "end a"


def test_a_data_directory_has_one_user(tmp_path):
    directory = tmp_path / "deep" / "data"
    descriptor = lock(directory)
    assert directory.stat().st_mode & 0o777 == 0o700
    with pytest.raises(StartError, match="DATA_DIR is in use"):
        lock(directory)
    os.close(descriptor)
    os.close(lock(directory))


def test_a_data_directory_that_cannot_be_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="DATA_DIR cannot be used"):
        lock(tmp_path / "file" / "data")


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
        assert hurry.wait(10)
        drained.extend(lines(log))

    child = Child("a", sleeper(log, "a"), os.environ, ready=lambda: bool(pids(log, "a")))
    assert Supervisor([child], said.append, drain=drain).run(end_us) == 0
    assert [line.split()[0] for line in drained] == ["start"]
    assert lines(log)[-1] == "end a"


def test_python_is_this_one():
    assert python("service.cli", "worker") == [sys.executable, "-P", "-m", "service.cli", "worker"]


def test_no_file_of_the_working_folder_takes_a_modules_place(tmp_path):
    for name in ("http", "queue", "click", "service"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    command = python("service.cli", "--version")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split(",")[-1].split()[0]) == (0, "version"), done.stderr


def test_what_children_write_is_for_their_user_alone(tmp_path, said, quick):
    made = tmp_path / "made"
    child = Child(
        "writer", [sys.executable, "-c", f"import time; open({str(made)!r}, 'w'); time.sleep(60)"], dict(os.environ)
    )
    Supervisor([child], said.append).run(lambda: made.exists() and end_us())
    assert made.stat().st_mode & 0o777 == 0o600
