"""A disk that fails at any call: between SQLite and its files stands a file system that fails where it is told to.

a story of writes is told again and again, and each time another call of the disk fails: every third in the short form

whoever was answered       finds it there, now and after the file was opened anew
whoever was refused        finds nothing, neither now nor then
whoever was told `Unknown` finds either
afterwards                 the same database writes again, and its file is sound
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Refused, Step, Unavailable, Unknown, Write

pytestmark = pytest.mark.embedded

CREATE = (1, "create table t (a text primary key, b text); create table u (a text primary key)")
PUT = (
    Step("insert into t (a, b) values (:a, :b) on conflict do nothing", "there"),
    Step("insert into u (a) values (:a)"),
)


LATE = (Step("insert into u (a) values (:late)"), PUT[0])  # its second step refuses it: the group is run again


class Faulty(apsw.VFS):
    """Fails from one call on, so many times. Counts."""

    def __init__(self) -> None:
        self.system = apsw.vfs_names()[0]
        super().__init__("faulty", self.system, makedefault=True)
        self.calls = self.failed = 0
        self.first, self.several = 0, 0
        self.kinds: dict[str, tuple[type[apsw.Error], int]] = {}

    def told(self, kind: str) -> None:
        if kind not in self.kinds:
            return
        self.calls += 1
        if self.first and self.first <= self.calls < self.first + self.several:
            self.failed += 1
            error, code = self.kinds[kind]
            trouble = error(f"{kind} fails here")
            trouble.extendedresult = code
            raise trouble

    def fail(self, kinds: dict[str, tuple[type[apsw.Error], int]], first: int, several: int) -> None:
        """`first`: the call that fails first, from now on; 0: none does."""
        self.calls = self.failed = 0
        self.kinds, self.first, self.several = kinds, first, several

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        return File(self, name, flags)


class File(apsw.VFSFile):
    def __init__(self, disk: Faulty, name: Any, flags: list[int]) -> None:
        super().__init__(disk.system, name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.told("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.told("sync")
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.told("truncate")
        super().xTruncate(size)


@pytest.fixture
def disk() -> Iterator[Faulty]:
    found = Faulty()
    yield found
    found.unregister()


def put(name: str, size: int = 10) -> Write:
    return Write(name, PUT, {"a": name, "b": "x" * size})


class Story:
    """What was written, and what was said of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.there, self.not_there, self.unknown = set[str](), set[str](), set[str]()
        self.database: Sqlite

    async def open(self) -> None:
        self.database = Sqlite(self.path)
        await self.database.open([CREATE])

    async def write(self, *writes: Write) -> list[Any]:
        outcomes = await asyncio.gather(*map(self.database.write, writes), return_exceptions=True)
        for write, outcome in zip(writes, outcomes, strict=True):
            match outcome:
                case list():
                    self.there.add(write.key)
                case Unavailable() | Refused():
                    self.not_there.add(write.key)
                case Unknown():
                    self.unknown.add(write.key)
                case _:
                    raise AssertionError(f"{write.key} was answered {outcome!r}")
        return list(outcomes)

    async def tell(self) -> None:
        """Groups small and large, one of them spoilt; and a log that is carried home in between."""
        await self.write(put("a"))
        await self.write(*(put(f"b{number}", 1000) for number in range(4)))
        await self.write(put("c"), Write("d", LATE, {"late": "d", "a": "first", "b": ""}), put("e"))
        await self.write(put("f", 9000))
        await self.write(put("g"))

    async def held(self, words: str) -> None:
        now = {row[0] for row in await self.database.read_all("select a from t", {})}
        self.judge(now, words)

    def judge(self, now: set[str], words: str) -> None:
        assert self.there <= now, f"{words}: what was answered is lost"
        assert now <= self.there | self.unknown, f"{words}: what was refused is there"


def after_a_crash(story: Story, folder: Path, well: str, words: str) -> None:
    """What somebody finds who opens the files as they lie now. `well`: a file system that does not fail."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in story.path.parent.glob(f"{story.path.name}*"):
        if path.is_file() and not path.name.endswith("-shm"):
            shutil.copy(path, copy / path.name)
    with closing(apsw.Connection(str(copy / story.path.name), vfs=well)) as connection:
        found = {str(row[0]) for row in connection.execute("select a from t")}
        story.judge(found, f"{words}, and a crash")
        assert [*connection.execute("pragma integrity_check")] == [("ok",)]
        assert [*connection.execute("select count(*) from t where a not in (select a from u)")] == [(0,)]


FAULTS: dict[str, dict[str, tuple[type[apsw.Error], int]]] = {
    "full": {"write": (apsw.FullError, apsw.SQLITE_FULL)},
    "error": {
        "write": (apsw.IOError, apsw.SQLITE_IOERR_WRITE),
        "truncate": (apsw.IOError, apsw.SQLITE_IOERR_TRUNCATE),
    },
    "sync": {"sync": (apsw.IOError, apsw.SQLITE_IOERR_FSYNC)},
    "memory": {"write": (apsw.NoMemError, apsw.SQLITE_NOMEM), "sync": (apsw.NoMemError, apsw.SQLITE_NOMEM)},
}


@pytest.mark.parametrize("several", [1, 10**9], ids=["once", "from then on"])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_said_of_a_write_holds_wherever_the_disk_fails(
    tmp_path: Path, disk: Faulty, fault: str, several: int, rounds: int
) -> None:
    async def told(first: int) -> int:
        folder = tmp_path / str(first)
        folder.mkdir()
        story = Story(folder / "store.db")
        await story.open()
        await story.write(put("first"))
        disk.fail(FAULTS[fault], first, several)
        await story.tell()
        words, calls = f"{fault}, call {first}", disk.calls
        assert bool(disk.failed) == bool(story.not_there - {"d"} or story.unknown) or not first, words
        await story.held(words)
        after_a_crash(story, folder, disk.system, words)
        disk.fail({}, 0, 0)
        await story.write(put("well"))
        assert "well" in story.there, words
        story.unknown.clear()  # what is written anew lies where that was
        now = {row[0] for row in await story.database.read_all("select a from t", {})}
        await story.held(words)
        after_a_crash(story, folder, disk.system, words)
        await story.database.close()
        await story.open()
        assert {row[0] for row in await story.database.read_all("select a from t", {})} == now
        await story.database.close()
        shutil.rmtree(folder)
        return calls

    async def every() -> None:
        calls = await told(0)
        assert calls > 4
        for first in range(1, calls + 1, 1 if rounds > 2 else 3):
            await told(first)

    asyncio.run(every())
