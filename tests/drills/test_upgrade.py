"""From one version to the next, and to the one after it, under load: no request fails, and nothing is lost.

    posters, a pager, a listener -> a door -> two nodes of this version                     load all the time
                                              two nodes of the next      <- migrate: expand, index, backfill
                                              the first two are stopped
                                              two nodes of the one after <- migrate: contract
                                              the next two are stopped

A next version is this very program with scripts added: a copy of the package. The door does what a proxy does: whoever
comes is led to a node that takes connections, and nothing that was sent is ever sent again. So a request that was sent
and not answered counts as failed, and so does any answer but 201 to a post.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import parhelion
from parhelion.server.databases import migrations
from tests.drills.test_kill_events import Listener
from tests.engines import chosen
from tests.engines.postgres import ask
from tests.live import COMMAND, Caller, pages
from tests.workers import Pager, Posters, until

POSTERS = 12
OLD = 20_000  # messages that were there before
NOW = max(number for number, _ in migrations.scripts())
NEXT = {
    NOW
    + 1: "-- expand\nalter table message add column tone text;\ncreate table tone (id text not null primary key);\n",
    NOW + 2: "-- index\ncreate index message_by_tone on message (app_id, tone, conversation_id, id);\n",
    NOW + 3: """-- backfill
update message set tone = 'calm' where (app_id, conversation_id, id) in (
    select app_id, conversation_id, id from message where app_id = 'old' and tone is null
    order by conversation_id, id limit 1000);
""",
}
AFTER = {NOW + 4: f"-- contract: from {NOW + 3}\ndrop index message_by_tone;\nalter table message drop column tone;\n"}


def version(place: Path, scripts: dict[int, str]) -> Path:
    """A program that knows more scripts: what it is started with in PYTHONPATH."""
    shutil.copytree(Path(str(parhelion.__file__)).parent, place / "parhelion")
    for number, text in scripts.items():
        (place / "parhelion/server/databases/migrations" / f"{number:04}_drill.sql").write_text(text)
    return place


class Node:
    """A server of some version."""

    def __init__(self, where: list[str], program: Path | None) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *where], stdout=subprocess.PIPE, text=True, env=environment(program)
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        ready = re.match(r"Parhelion is ready at http://([\d.]+):(\d+)", line)
        assert ready, f"no ready line, but {line!r}"
        self.address = (ready[1], int(ready[2]))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def environment(program: Path | None) -> dict[str, str]:
    said = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONUNBUFFERED": "1"}
    return said if program is None else said | {"PYTHONPATH": str(program)}


class Door:
    """One address for all nodes. A connection stays with the node that it was led to."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = list(nodes)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._turn = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                threading.Thread(target=self._lead, args=(line,), daemon=True).start()

    def _lead(self, line: socket.socket) -> None:
        with line, self._led() as there:
            back = threading.Thread(target=_pass_on, args=(there, line), daemon=True)
            back.start()
            _pass_on(line, there)
            back.join()

    def _led(self) -> socket.socket:
        while True:
            self._turn += 1
            nodes = list(self.nodes)
            with suppress(ConnectionRefusedError):  # nothing was sent
                return socket.create_connection(nodes[self._turn % len(nodes)].address)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def started() -> Iterator[list[Node]]:
    nodes: list[Node] = []
    yield nodes
    for node in nodes:
        node.close()


@pytest.mark.engine("postgresql")
def test_no_request_fails_from_one_version_to_the_next_and_the_one_after(tmp_path: Path, started: list[Node]) -> None:
    where = [f"--data={tmp_path / 'data'}", "--database", chosen.fresh()]
    second = version(tmp_path / "second", NEXT)
    third = version(tmp_path / "third", {**NEXT, **AFTER})

    def nodes(program: Path | None) -> list[Node]:
        made = [Node(where, program) for _ in range(2)]
        started.extend(made)
        return made

    def run(program: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, *arguments, *where]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=False, env=environment(program)
        )

    def roll(door: Door, new: list[Node]) -> None:
        old, door.nodes = door.nodes, [*door.nodes, *new]
        for node in old:
            door.nodes = [each for each in door.nodes if each is not node]  # as one that is about to be stopped
            node.stop()

    door = Door(*nodes(None))
    caller = _caller(run(None, "app", "create", "--name", "x", "--json").stdout, door)
    _fill(where[-1])
    conversations = [caller.conversation() for _ in range(2)]
    listener = Listener(caller)
    posters = [Posters(caller, each, POSTERS // 2, stays=True) for each in conversations]
    pagers = [Pager(caller, each) for each in conversations]

    def posted() -> int:
        return sum(len(each.posted.ids) for each in posters)

    def go_on() -> None:
        wanted = posted() + 200
        until(lambda: posted() >= wanted, "nothing is posted any more")

    go_on()
    refused = subprocess.run(
        [*COMMAND, "serve", "--port", "0", *where],
        capture_output=True, text=True, timeout=60, check=False, env=environment(second),
    )  # fmt: skip
    assert refused.returncode == 1
    assert "`parhelion migrate`" in refused.stderr
    before = posted()
    done = run(second, "migrate")
    assert done.returncode == 0, done.stderr
    assert posted() > before, "everybody waited for it"
    go_on()
    fresh = nodes(second)
    early = run(third, "migrate")
    assert early.returncode == 1, "the first nodes still need what it takes away"
    assert "stop them, and run it again" in early.stderr
    roll(door, fresh)
    go_on()
    done = run(third, "migrate")
    assert done.returncode == 0, done.stderr
    go_on()
    roll(door, nodes(third))
    go_on()

    for conversation, each, pager in zip(conversations, posters, pagers, strict=True):
        found = each.stop()
        stored = pages(caller, conversation)
        print(f"{len(found.ids)} posts answered, {len(found.refused)} refused, {found.unanswered} without an answer")
        assert [answer.status for answer in found.refused] == []
        assert found.unanswered == 0
        assert stored == sorted(found.ids), "what was answered is there, and nothing else"
        assert len(set(found.ids)) == len(found.ids)
        assert pager.finish(len(stored)) == stored
    everything = posted()
    until(lambda: len(listener.heard) >= everything, "a listener misses something")
    listener.close()
    heard = [id for _, id in listener.heard]
    assert len(set(heard)) == len(heard) == everything
    assert ask(where[-1], "select count(*) from message where app_id = 'old'")[0][0] == OLD
    door.close()


def _caller(said: str, door: Door) -> Caller:
    found = dict(re.findall(r'"(\w+)":"([^"]+)"', said))
    return Caller(door.url, found["keyId"], found["secret"], found["appId"])


def _fill(address: str) -> None:
    row = f"select 'old', 'c' || n % 7, lpad(cast(n as text), 24, '0'), '' from generate_series(1, {OLD}) n"
    ask(address, f"insert into message (app_id, conversation_id, id, body) {row}")
