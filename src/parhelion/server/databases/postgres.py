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
from collections.abc import Sequence

from ..ports import Line, Overloaded, Row, Unavailable, UnusableStore, Values, Write
from . import _receipts as receipts
from ._calls import Calls
from ._connecting import Address, Connection, Told, Unreachable, certain, hang_up
from ._functions import Kinds
from ._notify import Notify
from ._positions import EVERYTHING, Positions, positions
from ._readers import Readers
from ._tables import laid_out
from ._tongue import bytewise
from ._writers import GROUP, Writer

log = logging.getLogger("parhelion.postgres")
WRITERS = 2  # while one waits for its commit, the other runs
WAITING = 16 * GROUP  # more than requests have turns, so workers have room beside them
OLDEST = 15
MIGRATING = 0x50617268  # an advisory lock: "Parh"


class Postgres:
    """The database that several machines share."""

    def __init__(self, address: str, writers: int = WRITERS, line: Line | None = None) -> None:
        """`address`: postgresql://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE. Nothing is opened before it is asked.
        `line`: what bells go over when it is not NOTIFY.
        """
        self._address = Address(address)
        self._readers, self._calls = Readers(self._address), Calls(line or Notify(self._address))
        self._several, self._kinds = writers, Kinds()
        self._writers: list[Writer] = []
        self._positions: Positions | None = None
        self._closed = False

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return await self._readers.read(sql, values)

    async def read_one(self, sql: str, values: Values) -> Row | None:
        rows = await self._readers.read(sql, values)
        return rows[0] if rows else None

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

    async def settled(self) -> int:
        if self._positions is None:
            return EVERYTHING
        [end] = await self._readers.read(self._positions.end, {})
        [least] = await self._readers.read(self._positions.least, {})
        return int(end[0] if least[0] is None else min(end[0], least[0]))

    async def version(self) -> int:
        try:
            connection = await self._address.connect()
        except Unreachable as trouble:
            raise UnusableStore(str(trouble)) from None
        try:
            await _check(connection)
            if not await connection.fetchval("select to_regclass('migration') is not null"):
                return 0
            return int(await connection.fetchval("select coalesce(max(version), 0) from migration"))
        except (OSError, Told) as problem:
            raise UnusableStore(f"{self._address} cannot be read: {problem}") from None
        finally:
            await hang_up(connection)

    async def migrate(self, scripts: Sequence[tuple[int, str]]) -> None:
        try:
            connection = await self._address.connect(statement_timeout="0")
        except Unreachable as trouble:
            raise UnusableStore(str(trouble)) from None
        try:
            await _check(connection)
            await _migrate(connection, scripts)
            self._positions = await positions(connection)
        except UnusableStore:
            raise
        except Exception as problem:
            if certain(connection, problem):
                raise UnusableStore(f"the store cannot be brought up to date: {problem}") from problem
            raise UnusableStore(f"{self._address} was lost while it was brought up to date: {problem}") from problem
        finally:
            await hang_up(connection)
        await asyncio.gather(*(writer.close() for writer in self._writers))
        hold = self._positions.hold if self._positions else ""
        self._writers = [Writer(self._address, self._kinds, hold, self._calls.ring) for _ in range(self._several)]
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


async def _migrate(connection: Connection, scripts: Sequence[tuple[int, str]]) -> None:
    """Another process may be doing the same: whoever comes second finds it done."""
    await connection.execute(f"begin; select pg_advisory_xact_lock({MIGRATING})")
    await connection.execute("create table if not exists migration (version bigint not null primary key)")
    await connection.execute(receipts.TABLE)
    await connection.execute(receipts.FORGET)
    done = await connection.fetchval("select coalesce(max(version), 0) from migration")
    newest = max(version for version, _ in scripts)
    if done > newest:
        raise UnusableStore(f"the store is of version {done}, and this program knows versions up to {newest}")
    for version, script in scripts:
        if version > done:
            statements = (laid_out(bytewise(each)) for each in script.split(";\n"))
            await connection.execute(";\n".join(statements))
            await connection.execute("insert into migration (version) values ($1)", version)
    await connection.execute("commit")
