"""One moment of an SQLite file, in a file of its own, while others write to it as they like."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import apsw
import pytest

from parhelion.server.databases import snapshot
from parhelion.server.ports import UnusableStore

pytestmark = pytest.mark.embedded


def connected(path: Path, patience: int = 20_000) -> apsw.Connection:
    """Through the same library: two in one process take each other's locks away."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(patience)
    return connection


def filled(path: Path, rows: int = 3000) -> Path:
    with closing(connected(path)) as rows_:
        rows_.execute("pragma journal_mode=wal").fetchall()
        rows_.execute("create table said (id integer primary key autoincrement, at real, body blob)")
        rows_.execute("begin")
        rows_.executemany("insert into said (at, body) values (0, randomblob(1500))", [()] * rows)
        rows_.execute("commit")
    return path


@contextmanager
def busy(path: Path, checkpoint: str) -> Iterator[list[tuple[float, int]]]:
    """Somebody writes all the time, somebody else carries the log home: (when it was answered, its number)"""
    stop, answered = threading.Event(), list[tuple[float, int]]()

    def write() -> None:
        dice = random.Random(1)
        with closing(connected(path)) as rows:
            rows.execute("pragma wal_autocheckpoint=50").fetchall()
            while not stop.is_set():
                rows.execute("begin immediate")
                last = 0
                for _ in range(dice.randrange(1, 30)):
                    rows.execute("insert into said (at, body) values (1, randomblob(1500))")
                    last = rows.last_insert_rowid()
                    rows.execute("update said set body = randomblob(1500) where id = ?", (dice.randrange(1, last),))
                rows.execute("commit")
                answered.append((time.time(), last))

    def carry() -> None:
        with closing(connected(path, 1)) as rows:
            while not stop.is_set():
                with suppress(apsw.BusyError):
                    rows.execute(f"pragma wal_checkpoint({checkpoint})").fetchall()
                time.sleep(0.001)

    threads = [threading.Thread(target=each) for each in (write, carry)]
    for each in threads:
        each.start()
    try:
        yield answered
    finally:
        stop.set()
        for each in threads:
            each.join()


def nothing(*_: object) -> None:
    """Who wants to know?"""


@pytest.mark.parametrize("checkpoint", ["passive", "restart", "truncate"])
def test_what_was_answered_before_the_moment_is_there_and_nothing_by_halves(tmp_path: Path, checkpoint: str) -> None:
    source = filled(tmp_path / "source.db")
    with busy(source, checkpoint) as answered:
        for round_ in range(6):
            target, begun = tmp_path / f"{round_}.db", len(answered)
            moment = asyncio.run(snapshot.take(source, target, time.time, nothing))
            asyncio.run(snapshot.check(target, source))
            before = max([last for at, last in answered if at < moment], default=3000)
            with closing(connected(target)) as rows:
                found = [row[0] for row in rows.execute("select id from said order by id")]
            assert found == list(range(1, len(found) + 1)), "a hole"
            assert len(found) >= before, "what was answered is not there"
            ends = {3000, *(last for _, last in answered)}
            deadline = time.monotonic() + 20
            while len(found) > max(ends) and time.monotonic() < deadline:  # the last one is answered in a moment
                ends = {3000, *(last for _, last in answered)}
            assert len(found) in ends, "half of a commit"
            assert sorted(path.name for path in tmp_path.glob(f"{round_}.db*")) == [f"{round_}.db"], "one file"
            deadline = time.monotonic() + 20
            while len(answered) == begun:
                assert time.monotonic() < deadline, "nobody could write"


def test_a_store_that_nobody_serves_is_copied_too(tmp_path: Path) -> None:
    source = filled(tmp_path / "source.db", 10)
    asyncio.run(snapshot.take(source, tmp_path / "copy.db", time.time, nothing))
    with closing(connected(tmp_path / "copy.db")) as rows:
        assert rows.execute("select count(*) from said").fetchall() == [(10,)]


def test_what_a_killed_server_left_in_its_log_is_in_it(tmp_path: Path) -> None:
    source = filled(tmp_path / "source.db", 10)
    program = f"""
import os, sqlite3
rows = sqlite3.connect({str(source)!r}, isolation_level=None)
rows.execute("pragma wal_autocheckpoint=0")
rows.execute("insert into said (at, body) values (2, 'last words')")
rows.execute("begin")
rows.execute("insert into said (at, body) values (3, 'never answered')")
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    asyncio.run(snapshot.take(source, tmp_path / "copy.db", time.time, nothing))
    with closing(connected(tmp_path / "copy.db")) as rows:
        assert rows.execute("select at from said where id > 10").fetchall() == [(2,)]


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    source = filled(tmp_path / "source.db")
    with source.open("r+b") as file:
        file.seek(4096 * 40)
        file.write(b"\xff" * 4096)
    with pytest.raises(UnusableStore, match="is damaged, and was not backed up"):
        asyncio.run(_taken_and_checked(source, tmp_path / "copy.db"))


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "source.db").write_bytes(b"certainly none" * 1000)
    with pytest.raises(UnusableStore, match="is damaged"):
        asyncio.run(_taken_and_checked(tmp_path / "source.db", tmp_path / "copy.db"))


async def _taken_and_checked(source: Path, target: Path) -> None:
    await snapshot.take(source, target, time.time, nothing)
    await snapshot.check(target, source)
