"""SQLite: one writer thread that commits whatever waits, and reads on the loop.

    loop    write() -> queue                                       _tell: futures resolved, bells rung
                         |                                            ^
    thread               +-> begin immediate, write, write ..., commit+   (one call back per group)

No savepoint on the common path. A write is refused by its first step, which then has touched nothing, so there is
nothing to undo. Anything else that goes wrong (a second guard, a constraint) has *spoilt* the group: nobody has been
answered yet, so the group is rolled back whole and run once more with a savepoint around each write.

Several processes may have the file open: a commit waits for another's (busy_timeout), and readers never wait.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import apsw

from ..ports import Refused, Row, Unavailable, UnusableStore, Values, Write
from ._bells import Bells

GROUP = 512  # bounds how long a reader of the answer waits, and what a spoilt group repeats
PRAGMAS = (
    "busy_timeout=10000",
    "journal_mode=wal",
    "synchronous=full",
    "cache_size=-65536",
    "foreign_keys=on",
    "wal_autocheckpoint=8000",  # 32 MB of log: a page changed often is carried home once, not ten times
)
PASSING = (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError)
Pending = tuple[Write, "asyncio.Future[list[Row]]"]
Outcome = list[Row] | Exception


class _Spoilt(Exception):
    """Carries what the write that did it will be answered."""

    def __init__(self, outcome: Exception) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Sqlite:
    """The embedded database: a file."""

    def __init__(self, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # messages are nobody else's to read
        self._writer, self._reader = self._open(path), self._open(path)
        self._bells = Bells()
        self._closed = False
        self._waiting: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="sqlite-writer", daemon=True)
        self._thread.start()

    @staticmethod
    def _open(path: Path) -> apsw.Connection:
        connection = apsw.Connection(str(path), statementcachesize=512)
        try:
            # One plan a statement. Otherwise every range and every join is compiled again whenever a value is another.
            connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
            for pragma in PRAGMAS:
                _rows(connection, f"pragma {pragma}")
        except apsw.Error as error:
            connection.close()
            raise UnusableStore(f"{path} cannot be used as a store: {error}") from error
        return connection

    # A page is 20 to 60 us; a hop to a thread and back costs more than that. Reads without a bound (export, search)
    # do not belong here: give them a connection and a thread of their own.
    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return _rows(self._reader, sql, values)

    async def read_one(self, sql: str, values: Values) -> Row | None:
        rows = _rows(self._reader, sql, values)
        return rows[0] if rows else None

    def write(self, write: Write) -> asyncio.Future[list[Row]]:
        if self._closed:
            raise Unavailable("the database is closed")
        future: asyncio.Future[list[Row]] = self._loop.create_future()
        self._waiting.put((write, future))
        return future

    async def bell(self, name: str, timeout: float) -> bool:
        return await self._bells.heard(name, timeout)

    async def migrate(self, scripts: Sequence[tuple[int, str]]) -> None:
        try:
            await asyncio.to_thread(self._migrate, scripts)
        except apsw.BusyError as error:
            raise UnusableStore("another process has been writing to the store for too long: try again") from error
        except apsw.Error as error:
            raise UnusableStore(f"the store cannot be brought up to date: {error}") from error

    async def close(self) -> None:
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.sleep(0)  # what the thread told the loop last
        self._reader.close()
        self._writer.close()

    # -- the writer thread ----------------------------------------------------------------------------------------

    def _run(self, sql: str, values: Values | None = None) -> tuple[list[Row], int]:
        return _rows(self._writer, sql, values), self._writer.changes()

    def _migrate(self, scripts: Sequence[tuple[int, str]]) -> None:
        """Another process may be doing the same: whoever comes second finds it done."""
        self._run("begin immediate")
        try:
            self._run("create table if not exists migration (version bigint not null primary key)")
            [(done,)], _ = self._run("select coalesce(max(version), 0) from migration")
            newest = max(version for version, _ in scripts)
            if done > newest:
                raise UnusableStore(f"the store is of version {done}, and this program knows versions up to {newest}")
            for version, script in scripts:
                if version > done:
                    for statement in filter(None, map(str.strip, script.split(";\n"))):
                        self._run(_clustered(statement.removesuffix(";")))
                    self._run("insert into migration (version) values (:version)", {"version": version})
            self._run("commit")
        except BaseException:
            self._roll_back()
            raise

    def _work(self) -> None:
        while group := self._gather():
            outcomes = self._commit(group)
            self._loop.call_soon_threadsafe(self._tell, group, outcomes)

    def _gather(self) -> list[Pending]:
        first = self._waiting.get()
        if first is None:
            return []
        group = [first]
        with suppress(queue.Empty):
            while len(group) < GROUP:
                more = self._waiting.get_nowait()
                if more is None:
                    self._waiting.put(None)  # closing: answer these first, then stop
                    break
                group.append(more)
        return group

    def _commit(self, group: list[Pending]) -> list[Outcome]:
        try:
            try:
                return self._in_one_transaction(self._plainly, group)
            except _Spoilt:
                return self._in_one_transaction(self._carefully, group)
        except PASSING as trouble:  # nothing of the group has happened
            return [Unavailable(f"the database cannot write: {trouble}") for _ in group]
        except Exception as problem:  # noqa: BLE001 - whatever it is, whoever waits must hear it
            return [RuntimeError(f"the database failed: {problem!r}") for _ in group]

    def _in_one_transaction(self, attempt: Callable[[Write], Outcome], group: list[Pending]) -> list[Outcome]:
        self._run("begin immediate")
        try:
            outcomes = [attempt(write) for write, _ in group]
            self._run("commit")
        except BaseException:
            self._roll_back()
            raise
        return outcomes

    def _plainly(self, write: Write) -> Outcome:
        answer: list[Row] = []
        for place, step in enumerate(write.steps):
            try:
                rows, touched = self._run(step.sql, write.values)
            except Exception as problem:
                raise _Spoilt(problem) from problem
            if rows:
                answer = rows
            elif step.otherwise and not touched:
                if place == 0:
                    return Refused(step.otherwise)
                raise _Spoilt(Refused(step.otherwise))
        return answer

    def _carefully(self, write: Write) -> Outcome:
        self._run("savepoint one")
        try:
            outcome = self._plainly(write)
        except _Spoilt as spoilt:
            self._run("rollback to one")  # fails if SQLite gave up the whole transaction: then so do we
            outcome = spoilt.outcome
        self._run("release one")
        return outcome

    def _roll_back(self) -> None:
        with suppress(apsw.Error):  # some failures end the transaction by themselves
            self._run("rollback")

    # -- back on the loop -----------------------------------------------------------------------------------------

    def _tell(self, group: list[Pending], outcomes: Iterable[Outcome]) -> None:
        rung: set[str] = set()
        for (write, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                if not future.done():
                    future.set_exception(outcome)
                continue
            rung.update(write.bells)
            if not future.done():
                future.set_result(outcome)
        self._bells.ring(rung)


def _rows(connection: apsw.Connection, sql: str, values: Values | None = None) -> list[Row]:
    return connection.execute(sql, cast("dict[str, apsw.SQLiteValue] | None", values)).fetchall()  # type: ignore[return-value]  # a tuple is a Row


def _clustered(statement: str) -> str:
    """Rows of a table lie in the order of its key: a page of a conversation is 15 neighbours, not a hundred lookups."""
    return statement + " without rowid" * ("create table" in statement and "primary key" in statement)
