"""PostgreSQL, 15 or later: several writers that commit whatever waits, and reads over a few connections.

    write() -> the writer of its key -> a group of one kind -> one statement, one commit      (_writers, _functions)
    read()  -> a connection that is free                                                      (_readers)
    bell    -> this process at once, the others after the commit, over a line                 (_calls, _notify)

Many processes on many machines may have it open, and meet here only: in its rows, its locks and its bells. Isolation is
read committed; what holds is what the guards hold. See docs/decisions/0015-postgresql.md.

The address may name several hosts; the one that takes writes is found again after a failover. What was answered
outlives it if the standby confirms commits (synchronous_standby_names).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from ..ports import (
    EVENTS,
    EVERYTHING,
    UNWATCHED,
    Line,
    Overloaded,
    Row,
    Shape,
    Unavailable,
    UnusableStore,
    Values,
    Watch,
    Write,
)
from . import _migrating as migrating, _receipts as receipts, _shapes as shapes
from ._calls import Calls
from ._connecting import Address, Connection, Unreachable, certain, hang_up
from ._functions import Kinds
from ._notify import Notify
from ._positions import Positions, positions
from ._readers import PATIENCE, Readers
from ._shapes import Change
from ._words import asked_in_postgres
from ._writers import GROUP, Writer

T = TypeVar("T")
log = logging.getLogger("parhelion.postgres")
WRITERS = 2  # while one waits for its commit, the other runs
WAITING = 16 * GROUP  # more than requests have turns, so workers have room beside them
SEARCHES = 2  # at a time: others have connections to read over, however long these take
OLDEST = 15


class Postgres:
    """The database that several machines share."""

    patience = PATIENCE

    def __init__(
        self, address: str, writers: int = WRITERS, line: Line | None = None, watch: Watch = UNWATCHED
    ) -> None:
        """`address`: postgresql://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE. Nothing is opened before it is asked.
        `line`: what bells go over when it is not NOTIFY.
        """
        self._address = Address(address)
        self._readers, self._calls = Readers(self._address), Calls(line or Notify(self._address))
        self._searches = asyncio.Semaphore(SEARCHES)
        self._several, self._kinds, self._watch = writers, Kinds(), watch
        self._writers: list[Writer] = []
        self._positions: dict[str, Positions] = {}
        self._closed = False

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return await self._readers.read(sql, values)

    async def read_one(self, sql: str, values: Values) -> Row | None:
        rows = await self._readers.read(sql, values)
        return rows[0] if rows else None

    async def search(self, sql: str, values: Values) -> list[Row]:
        async with self._searches:
            return await self._readers.read(asked_in_postgres(sql), values)

    def write(self, write: Write) -> asyncio.Future[list[Row]]:
        if self._closed or not self._writers:
            raise Unavailable("the database is closed")
        if sum(map(len, self._writers)) >= WAITING:
            raise Overloaded("too many writes that wait for the database")
        return self._writers[hash(write.key) % len(self._writers)].put(write)

    async def bell(self, name: str, timeout: float, *, everywhere: bool = False) -> bool:
        return await self._calls.heard(name, timeout, everywhere=everywhere)

    def ring(self, *bells: str) -> None:
        self._calls.ring(bells)

    async def settled(self, table: str = EVENTS) -> int:
        if (its := self._positions.get(table)) is None:
            return EVERYTHING
        [end], [least] = await self._readers.read_each((its.end, {}), (its.least, {}))
        return int(end[0] if least[0] is None else min(end[0], least[0]))

    async def open(self, scripts: Sequence[tuple[int, str]]) -> None:
        """Others may be using it, so only an empty one is changed."""
        known = shapes.changes(scripts)
        store = await self.shape()
        if not store.version:
            await self.migrate(scripts)
            return
        if not shapes.is_enough(shapes.to_do(store, known)):
            raise UnusableStore(
                f"the store is of version {store.version}, and this program needs {known[-1].version}: bring it up to "
                "date with `parhelion migrate`, while those that serve it go on"
            )
        await self._asked(known, _settle)
        await self._begin()

    async def migrate(self, scripts: Sequence[tuple[int, str]], done: Callable[[int], None] = lambda _: None) -> None:
        known = shapes.changes(scripts)

        async def bring_up_to_date(connection: Connection) -> None:
            await migrating.migrate(connection, known, done)
            await _settle(connection)

        await self._asked(known, bring_up_to_date)
        await self._begin()

    async def shape(self) -> Shape:
        return await self._asked((), migrating.shape)

    async def check(self) -> Shape:
        try:
            found = await self._readers.read(shapes.FIND, {})
        except Unavailable:
            raise Unavailable("the database cannot be read") from None
        if any(writer.fails for writer in self._writers):
            try:
                await self.write(shapes.PROBE)
            except Unavailable:
                raise Unavailable("the database cannot be written") from None
        return shapes.shape(found)

    @property
    def hears(self) -> bool:
        return self._calls.hears

    async def size(self) -> int:
        [[size]] = await self._readers.read("select pg_database_size(current_database())", {})
        return int(size)

    async def _asked(self, known: Sequence[Change], what: Callable[[Connection], Awaitable[T]]) -> T:
        """Over a connection of its own, for as long as it takes. `known`: by the program, once it is to be told."""
        if known:
            self._address.name = migrating.called(known)
        try:
            connection = await self._address.connect(statement_timeout="0")
        except Unreachable as trouble:
            raise UnusableStore(str(trouble)) from None
        try:
            await _check(connection)
            answer = await what(connection)
            if known:
                self._positions = await positions(connection)
        except UnusableStore:
            raise
        except Exception as problem:
            if certain(connection, problem):
                raise UnusableStore(f"the store cannot be brought up to date: {problem}") from problem
            raise UnusableStore(f"{self._address} was lost while it was brought up to date: {problem}") from problem
        finally:
            await hang_up(connection)
        return answer

    async def _begin(self) -> None:
        await asyncio.gather(*(writer.close() for writer in self._writers))
        hold = ", ".join(its.hold for its in self._positions.values())
        self._writers = [
            Writer(self._address, self._kinds, hold, self._calls.ring, self._watch) for _ in range(self._several)
        ]
        try:
            await asyncio.gather(*(writer.open() for writer in self._writers))
        except Unreachable as trouble:
            raise UnusableStore(str(trouble)) from None

    async def close(self) -> None:
        self._closed = True
        await asyncio.gather(*(writer.close() for writer in self._writers))
        await self._calls.close()
        await self._readers.close()


async def _check(connection: Connection) -> None:
    version = int(await connection.fetchval("select current_setting('server_version_num')")) // 10000
    if version < OLDEST:
        raise UnusableStore(f"the server is PostgreSQL {version}, and {OLDEST} or later is needed")
    encoding = await connection.fetchval("select current_setting('server_encoding')")
    if encoding != "UTF8":
        raise UnusableStore(f"the database's encoding is {encoding}, and UTF8 is needed")
    if await connection.fetchval("select current_setting('synchronous_commit')") == "off":
        log.warning("synchronous_commit is off: what was answered may be lost in a crash")


async def _settle(connection: Connection) -> None:
    await connection.execute(receipts.FORGET)
