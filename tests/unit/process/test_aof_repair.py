"""The embedded server's files, damaged: it starts with what is whole, and says what was cut off."""

from __future__ import annotations

import contextlib
import os
import time

import pytest
import redis

from service.process import aof_repair
from service.process import embedded_server as embedded
from service.process.supervisor import Child, StartError, Supervisor
from tests.harness.waiting import until

INCREMENT, BASE, MANIFEST = "appendonly.aof.2.incr.aof", "appendonly.aof.2.base.rdb", "appendonly.aof.manifest"


class Server:
    """The server as `run` starts it, over one data directory."""

    def __init__(self, directory) -> None:
        self.directory = directory
        self.files = directory / aof_repair.FOLDER
        self.said: list[str] = []
        path = embedded.socket_path(directory)
        self.child = Child(
            "store",
            embedded.argv(directory, path, keep=True),
            dict(os.environ),
            ready=lambda: embedded.answers(path),
            mend=lambda: aof_repair.mend(directory),
            why=lambda: embedded.last_word(directory),
        )
        self.client = redis.Redis(unix_socket_path=str(path))

    @contextlib.contextmanager
    def running(self):
        supervisor = Supervisor([self.child], self.said.append)
        if done := aof_repair.prepare(self.directory):
            self.said.append(done)
        supervisor._start(self.child)
        try:
            supervisor._await(self.child)
            yield self.client
        finally:
            self.client.close()
            supervisor._end()


@pytest.fixture
def server(tmp_path):
    """Three values in the snapshot, three in the commands since."""
    found = Server(tmp_path)
    with found.running() as client:
        client.mset({f"base:{number}": "x" * 50 for number in range(3)})
        client.bgrewriteaof()
        until(
            lambda: (
                client.info("persistence")["aof_last_bgrewrite_status"] == "ok"
                and (found.files / BASE).is_file()
                and not client.info("persistence")["aof_rewrite_in_progress"]
            ),
            what="the snapshot",
        )
        for number in range(3):
            client.set(f"since:{number}", "y" * 50)
    assert found.said == []
    return found


def keys(client) -> list[str]:
    return sorted(key.decode() for key in client.scan_iter())


ALL = [*(f"base:{number}" for number in range(3)), *(f"since:{number}" for number in range(3))]


def test_zeros_behind_the_commands_are_cut_off_and_nothing_else(server):
    whole = (server.files / INCREMENT).read_bytes()
    (server.files / INCREMENT).write_bytes(whole + bytes(5000))
    with server.running() as client:
        assert keys(client) == ALL
        client.set("since:3", "z")
    (said,) = server.said
    assert f"5000 of {len(whole) + 5000} bytes cut off" in said
    (copy,) = (server.directory / aof_repair.KEPT).iterdir()
    assert copy.read_bytes() == whole + bytes(5000)
    with server.running() as client:
        assert client.get("since:3") == b"z"
    assert len(server.said) == 1


@pytest.mark.parametrize(
    "garbage", [b"garbage\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$999999999\r\nshort", b"\xff" * 64]
)
def test_other_ends_are_cut_off_too(server, garbage):
    with (server.files / INCREMENT).open("ab") as file:
        file.write(garbage)
    with server.running() as client:
        assert keys(client) == ALL


def test_a_command_cut_short_loses_that_command_alone(server):
    path = server.files / INCREMENT
    path.write_bytes(path.read_bytes()[:-5])
    with server.running() as client:
        assert keys(client) == ALL[:-1]


@pytest.mark.parametrize("torn", [b"", b"file appendonly.aof.2.ba", b"\x00\xff\x00", None])
def test_a_torn_manifest_is_written_anew(server, torn):
    path = server.files / MANIFEST
    path.unlink() if torn is None else path.write_bytes(torn)
    with server.running() as client:
        assert keys(client) == ALL
    assert ["manifest" in said for said in server.said] == [True]


def test_a_manifest_that_names_what_is_not_there(server):
    (server.files / MANIFEST).write_text("file appendonly.aof.9.incr.aof seq 9 type i\nfile x seq 1 type b\n")
    with server.running() as client:
        assert keys(client) == ALL


def test_a_snapshot_with_one_wrong_byte_is_read_all_the_same(server):
    path = server.files / BASE
    data = path.read_bytes()
    at = data.index(b"base:1") + 5
    path.write_bytes(data[:at] + b"7" + data[at + 1 :])
    with server.running() as client:
        assert len(keys(client)) == 6
    assert "without its checksum" in server.said[0]


def test_a_snapshot_that_cannot_be_read_is_set_aside(server):
    path = server.files / BASE
    path.write_bytes(b"REDIS0011" + b"\xee" * 200)
    with server.running() as client:
        assert keys(client) == ALL[3:]
    assert "set aside" in server.said[-1]
    assert (server.directory / aof_repair.KEPT).stat().st_mode & 0o077 == 0


def test_what_cannot_be_put_right_is_said_in_the_servers_own_words(server):
    server.child.argv = [*server.child.argv, "--no-such-option", "1"]
    with pytest.raises(StartError, match="store ended at its start"), server.running():
        pass


def test_copies_are_not_kept_for_ever(tmp_path):
    folder = tmp_path / aof_repair.KEPT
    folder.mkdir()
    for name, age in {"old": 8, "young": 6}.items():
        (folder / name).write_text(name)
        moment = time.time() - age * 86_400
        os.utime(folder / name, (moment, moment))
    aof_repair.forget_old(tmp_path)
    assert [path.name for path in folder.iterdir()] == ["young"]


def test_without_files_there_is_nothing_to_mend(tmp_path):
    assert aof_repair.mend(tmp_path) is None
    (tmp_path / aof_repair.FOLDER).mkdir()
    assert aof_repair.mend(tmp_path) is None
    assert embedded.last_word(tmp_path) == ""
