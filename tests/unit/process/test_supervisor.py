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
from tests.harness.waiting import until

from .children import alive, end_us, lines, pids, sleeper

ROOT = Path(__file__).parents[3]


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
    until(lambda: not alive(pid), what="the child's end")
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
