"""Changing a PostgreSQL that is in use.

    one at a time        a lock of the session's, asked for without waiting in a transaction: an index waits for those
    expand | contract    one commit. Whoever waits for a table keeps everybody behind him waiting, so nobody waits for
                         longer than QUEUE: he goes away, lets the others pass, and comes again
    index                while others write: `concurrently`. What a run that was cut off left of it is dropped first
    backfill             some rows at a time, until a run finds none

Nothing is taken away while somebody is connected who still needs it: every connection says by its name what its program
knows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from ..ports import Shape, UnusableStore
from . import _receipts as receipts, _shapes as shapes
from ._connecting import Connection, certain, passing, pause
from ._partitions import laid_out
from ._shapes import Change
from ._tongue import bytewise, numbered
from ._words import made_in_postgres

T = TypeVar("T")
MIGRATING = 0x50617268  # an advisory lock: "Parh"
QUEUE = 0.2  # seconds for which those behind wait with whoever waits for a lock
PATIENCE = 300.0  # seconds in which a lock has to be had
FAREWELL = 10.0  # seconds that those have who are about to disconnect
_TABLES = """
    select cast(relname as text) from pg_class where relkind in ('r', 'p') and relnamespace =
    (select oid from pg_namespace where nspname = current_schema()) order by relname"""
_INDEX = re.compile(r"create (unique )?index (\w+) on (\w+) (.+)", re.DOTALL)
_INVALID = """
    select 1 from pg_index where indexrelid = to_regclass($1) and not indisvalid"""
_PARTITIONS = """
    select cast(c.relname as text) from pg_inherits join pg_class c on c.oid = inhrelid
    where inhparent = to_regclass($1) order by c.relname"""
_COLUMNS = "select 1 from pg_attribute where attrelid = to_regclass('migration') and attnum > 0 and not attisdropped"
_OLDER = """
    select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and application_name ~ '^parhelion( [0-9]+)?$'
    and coalesce(cast(substring(application_name from '[0-9]+') as bigint), 0) < $1"""


def called(known: Sequence[Change]) -> str:
    """The name of a connection whose program knows these."""
    return f"parhelion {known[-1].version}"


async def shape(connection: Connection) -> Shape:
    tables = [row[0] for row in await connection.fetch(_TABLES)]
    return shapes.shape(await connection.fetch(shapes.FIND) if shapes.check(tables) else ())


async def migrate(connection: Connection, known: Sequence[Change], done: Callable[[int], None]) -> None:
    """Another process may be doing the same: whoever comes second finds it done."""
    await connection.execute(f"set lock_timeout = '{QUEUE * 1000:.0f}ms'")
    async with _alone(connection):
        begun = await shape(connection)
        if not begun.version:
            await _patiently(connection, lambda: _book(connection))
        for change in shapes.to_do(begun, known):
            if begun.version and change.oldest:
                await _nobody_older(connection, change)
            await _carry_out(connection, change)
            done(change.version)


@asynccontextmanager
async def _alone(connection: Connection) -> AsyncGenerator[None]:
    until = _later(PATIENCE)
    while not await connection.fetchval(f"select pg_try_advisory_lock({MIGRATING})"):
        if _is_past(until):
            raise UnusableStore("another process has been bringing the store up to date for too long: try again")
        await pause()
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(f"select pg_advisory_unlock({MIGRATING})")


async def _nobody_older(connection: Connection, change: Change) -> None:
    until = _later(FAREWELL)
    while several := await connection.fetchval(_OLDER, change.oldest):
        if _is_past(until):
            raise UnusableStore(
                f"script {change.version} takes away what programs use that do not know version {change.oldest}, and "
                f"{several} connections of such programs are open: stop them, and run it again"
            )
        await pause()


async def _carry_out(connection: Connection, change: Change) -> None:
    if change.kind == shapes.INDEX:
        for statement in change.statements:
            await _index(connection, made_in_postgres(statement))
    while not await _patiently(connection, lambda: _committed(connection, change)):
        pass


async def _book(connection: Connection) -> None:
    await connection.execute(shapes.TABLE)
    await connection.execute(receipts.TABLE)


async def _committed(connection: Connection, change: Change) -> bool:
    """One commit of it; whether it is done with that."""
    await connection.execute("begin")
    touched = 0
    if change.kind != shapes.INDEX:
        for statement in change.statements:
            said = await connection.execute(laid_out(bytewise(statement)))
            touched += int(said.rpartition(" ")[2]) if change.kind == shapes.BACKFILL else 0
    if not touched:
        if len(await connection.fetch(_COLUMNS)) == 1:
            await connection.execute(shapes.KEEPS_OLDEST)
        text, _ = numbered(shapes.RECORD)
        await connection.execute(text, change.version, change.oldest)
    await connection.execute("commit")
    return not touched


async def _index(connection: Connection, statement: str) -> None:
    """One index. On a table in partitions it is made on each of them, and then known to all."""
    read = _INDEX.search(statement)
    if read is None:
        raise UnusableStore(f"an index script makes indexes and nothing else, not: {statement}")
    unique, name, table, of = read[1] or "", read[2], read[3], read[4]
    parts = [row[0] for row in await connection.fetch(_PARTITIONS, table)]
    if not parts:
        await _concurrently(connection, unique, name, table, of)
        return

    async def attempt(sql: str) -> None:
        await connection.execute(sql)

    await _patiently(connection, lambda: attempt(f"create {unique}index if not exists {name} on only {table} {of}"))
    for part in parts:
        its = f"{part}_{name}"
        await _concurrently(connection, unique, its, part, of)
        await _patiently(connection, partial(attempt, f"alter index {name} attach partition {its}"))


async def _concurrently(connection: Connection, unique: str, name: str, table: str, of: str) -> None:
    async def attempt() -> None:
        if await connection.fetchval(_INVALID, name):
            await connection.execute(f"drop index concurrently {name}")
        await connection.execute(f"create {unique}index concurrently if not exists {name} on {table} {of}")

    # It waits for those who are writing already, and nobody waits behind it.
    await connection.execute(f"set lock_timeout = '{PATIENCE:.0f}s'")
    await _patiently(connection, attempt)
    await connection.execute(f"set lock_timeout = '{QUEUE * 1000:.0f}ms'")


async def _patiently(connection: Connection, act: Callable[[], Awaitable[T]]) -> T:
    """Again and again while others are at the same tables."""
    until = _later(PATIENCE)
    while True:
        try:
            return await act()
        except Exception as problem:
            if not certain(connection, problem):
                raise
            await connection.execute("rollback")
            if not passing(problem):
                raise
            if _is_past(until):
                raise UnusableStore(
                    f"others have been using the tables for {PATIENCE:.0f} seconds without a pause ({problem}). What "
                    "was done is kept: run it again when there is less to do"
                ) from problem
        await pause(QUEUE * 3)


def _later(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def _is_past(moment: float) -> bool:
    return asyncio.get_running_loop().time() > moment
