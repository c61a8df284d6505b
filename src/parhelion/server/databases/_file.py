"""The tables of an SQLite file: for who copies them, while nobody else has it open; and for who writes it anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import apsw

from ..ports import Row, UnusableStore
from ._turns import Turns
from ._words import OWN
from .copying import PRIVATE, SEVERAL, Table

MERGED = 500  # pages of the index of words at a time
PATIENCE, PAUSE = 30.0, 0.02  # seconds for the log to be nobody's, and between two tries
_TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name"


class File:
    """One file. It is there, with its tables."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: Any = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)

    def __str__(self) -> str:
        return str(self._path.parent)

    async def hold(self) -> None:
        # Who has a store open holds a lock on it, which this one goes not along with: so it is alone, or fails.
        self._run("pragma locking_mode=exclusive")
        try:
            self._run("begin immediate")
            self._run("commit")
        except apsw.BusyError:
            raise UnusableStore(f"{self} is in use: stop the server that serves it, then run this again") from None
        self._run("pragma synchronous=normal")

    async def check_alone(self) -> None:
        """As `hold` has made sure of."""

    async def tables(self) -> list[Table]:
        return [self._table(row[0]) for row in self._run(_TABLES) if row[0] not in PRIVATE | OWN]

    def _table(self, name: str) -> Table:
        columns = self._run(f"pragma table_info({name})")  # (number, name, type, not null, default, place in the key)
        key = sorted((each[5], each[1]) for each in columns if each[5])
        return Table(name, tuple(sorted(each[1] for each in columns)), tuple(column for _, column in key))

    async def version(self) -> int:
        return int(self._run("select max(version) from migration")[0][0])

    async def mark(self) -> str | None:
        if not self._run("select 1 from sqlite_master where name = 'copying'"):
            return None
        return str(self._run("select source from copying")[0][0])

    async def begin(self, mark: str) -> None:
        self._run("begin")
        self._run("create table copying (source text not null)")
        self._run("insert into copying values (?)", (mark,))
        self._run("commit")

    async def read(self, table: Table, after: Row | None = None) -> AsyncIterator[list[Row]]:
        rows = self._connection.execute(table.rows("?", after=after is not None), tuple(after or ()))
        while some := await asyncio.to_thread(_some, rows):
            yield some

    async def count(self, table: Table) -> int:
        # Of the table itself: an index may be damaged, and is not copied.
        return int(self._run(f"select count(*) from {table.name} not indexed")[0][0])

    async def last(self, table: Table) -> Row | None:
        rows = self._run(table.last())
        return rows[0] if rows else None

    async def put(self, table: Table, rows: list[Row]) -> None:
        places = ", ".join("?" * len(table.columns))
        insert = f"insert into {table.name} ({', '.join(table.columns)}) values ({places})"
        await asyncio.to_thread(self._put, insert, rows)

    def _put(self, insert: str, rows: list[Row]) -> None:
        self._run("begin")
        try:
            self._connection.executemany(insert, [tuple(row) for row in rows])
            self._run("commit")
        except apsw.Error as problem:
            self._run("rollback")
            raise UnusableStore(f"{self} does not take what it is given: {problem}") from problem

    async def empty(self, table: Table) -> None:
        self._run(f"delete from {table.name}")

    async def numbers(self) -> dict[str, int]:
        return dict(self._run("select name, seq from sqlite_sequence"))

    async def finish(self, numbers: dict[str, int]) -> None:
        self._run("begin")
        for name, last in numbers.items():
            self._run("delete from sqlite_sequence where name = ?", (name,))
            self._run("insert into sqlite_sequence (name, seq) values (?, ?)", (name, last))
        self._run("drop table copying")
        self._run("commit")
        self._run("pragma synchronous=full")
        self._run("pragma wal_checkpoint(truncate)")

    async def size(self) -> int:
        log = self._path.with_name(f"{self._path.name}-wal")
        return self._path.stat().st_size + (log.stat().st_size if log.exists() else 0)

    async def rewrite(self, told: Callable[[str], None]) -> None:
        turns = Turns(self._path.with_name(f"{self._path.name}-turn"), self._connection)
        try:
            for what, step in (
                ("the index of words", partial(self._merge, turns)),
                ("the file", partial(self._vacuum, turns)),
                ("the log", self._empty_log),
            ):
                told(what)
                await asyncio.to_thread(step)
        except apsw.BusyError:
            raise UnusableStore(
                f"{self} is written to, or read, without a pause: try again when less is asked"
            ) from None
        except apsw.FullError:
            raise UnusableStore(
                f"there is no room to write {self} anew: it needs as much again, here and in the folder for temporary "
                "files (SQLITE_TMPDIR)"
            ) from None
        except apsw.Error as problem:
            raise UnusableStore(f"{self} cannot be written anew: {problem}") from problem
        finally:
            turns.close()

    def _merge(self, turns: Turns) -> None:
        """Words of messages that are gone stay in the index until its parts are merged: some pages at a time."""
        pages, changed = -MERGED, 2
        while changed >= 2:  # as SQLite says when it has come to the end
            before = self._connection.total_changes()
            with turns.next():
                self._run("begin immediate")
            self._run("insert into message_words (message_words, rank) values ('merge', ?)", (pages,))
            self._run("commit")
            pages, changed = MERGED, self._connection.total_changes() - before

    def _vacuum(self, turns: Turns) -> None:
        with turns.next():
            self._run("vacuum")

    def _empty_log(self) -> None:
        until = time.monotonic() + PATIENCE
        while self._run("pragma wal_checkpoint(truncate)")[0][0]:
            if time.monotonic() > until:
                raise apsw.BusyError
            time.sleep(PAUSE)

    async def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        rows: list[Any] = self._connection.execute(sql, values).fetchall()
        return rows


def _some(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, SEVERAL))
