"""The tables of a PostgreSQL: for who copies them, while no server is connected; and for who writes them anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

from ..ports import Row, UnusableStore
from ._connecting import Address, NeverSent, Told, Unreachable, hang_up, pause, state
from ._positions import given
from .copying import PRIVATE, SEVERAL, Table

COPYING = 0x50617269  # an advisory lock
LOCKED = "55P03"  # lock_not_available
MOMENT, WAITS = "200ms", 60.0  # for the lock of a table at a time, and seconds in all
FAREWELL = 5.0  # seconds that those have who are about to disconnect
_TABLES = """
    select cast(c.relname as text), array_agg(cast(a.attname as text) order by a.attname collate "C"), (
        select array_agg(cast(k.attname as text) order by array_position(cast(i.indkey as smallint[]), k.attnum))
        from pg_index i join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition
    and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
    group by c.oid, c.relname order by c.relname collate "C" """
_NUMBERED = """
    select cast(c.relname as text), pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
    where c.relkind in ('r', 'p') and not c.relispartition
    and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())"""
_OTHERS = """
    select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and application_name like 'parhelion%'"""


class Shared:
    """One database. It is there, with its tables."""

    def __init__(self, address: str, *, source: bool) -> None:
        self._address, self._source = Address(address), source
        self._made: Any = None

    def __str__(self) -> str:
        return str(self._address)

    async def hold(self) -> None:
        if not await self._value(f"select pg_try_advisory_lock({COPYING})"):
            raise UnusableStore(f"{self} is being copied already")
        until = asyncio.get_running_loop().time() + FAREWELL
        while several := await self._value(_OTHERS):
            if asyncio.get_running_loop().time() > until:
                raise UnusableStore(
                    f"{self} is in use ({several} connections of Parhelion): stop the servers, then run this again"
                )
            await pause()
        if self._source:
            with self._explained():
                await (await self._connection()).transaction(isolation="repeatable_read", readonly=True).start()

    async def check_alone(self) -> None:
        if several := await self._value(_OTHERS):
            raise UnusableStore(
                f"a server was started on {self} meanwhile ({several} connections), and what it does may be missing: "
                "stop it, then run this again"
            )

    async def tables(self) -> list[Table]:
        rows = await self._rows(_TABLES)
        return [Table(name, tuple(columns), tuple(key)) for name, columns, key in rows if name not in PRIVATE]

    async def version(self) -> int:
        return int(await self._value("select max(version) from migration"))

    async def mark(self) -> str | None:
        if await self._value("select to_regclass('copying')") is None:
            return None
        return str(await self._value("select source from copying"))

    async def begin(self, mark: str) -> None:
        await self._run("begin; create table copying (source text not null)")
        await self._rows("insert into copying values ($1)", mark)
        await self._run("commit")

    async def read(self, table: Table, after: Row | None = None) -> AsyncIterator[list[Row]]:
        with self._explained():
            connection = await self._connection()
            async with connection.transaction():
                rows = await connection.cursor(table.rows("${}", after=after is not None), *(after or ()))
                while some := await rows.fetch(SEVERAL):
                    yield some

    async def count(self, table: Table) -> int:
        return int(await self._value(f"select count(*) from {table.name}"))

    async def last(self, table: Table) -> Row | None:
        rows = await self._rows(table.last())
        return rows[0] if rows else None

    async def put(self, table: Table, rows: list[Row]) -> None:
        with self._explained(f" ({table.name})"):
            connection = await self._connection()
            await connection.copy_records_to_table(table.name, records=rows, columns=table.columns)

    async def empty(self, table: Table) -> None:
        await self._run(f"truncate {table.name}")

    async def numbers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, sequence in await self._rows(_NUMBERED):
            if name not in PRIVATE:
                found[name] = int(await self._value(given(sequence)))
        return found

    async def finish(self, numbers: dict[str, int]) -> None:
        await self._run("analyze")
        await self._run("set synchronous_commit = on")  # with this commit, those before are on the disk
        await self._run("begin")
        for name, sequence in await self._rows(_NUMBERED):
            if name in numbers:
                await self._run(f"alter sequence {sequence} restart with {numbers[name] + 1}")
        await self._run("drop table copying")
        await self._run("commit")

    async def size(self) -> int:
        return int(await self._value("select pg_database_size(current_database())"))

    async def rewrite(self, told: Callable[[str], None]) -> None:
        """A table at a time. It waits for a table only for a moment: those who come later would wait behind it."""
        await self._run(f"set lock_timeout = '{MOMENT}'")
        for table, *_ in await self._rows(_TABLES):
            told(table)
            until = asyncio.get_running_loop().time() + WAITS
            while not await self._rewritten(table):
                if asyncio.get_running_loop().time() > until:
                    raise UnusableStore(f"{self}: {table} was in use all the time, and is as it was: try again")
                await pause()
        told("the disk")
        with suppress(UnusableStore):  # who may not do that leaves it to the server, which does it every few minutes
            await self._run("checkpoint")

    async def _rewritten(self, table: str) -> bool:
        try:
            await (await self._connection()).execute(f"vacuum (full, analyze) {table}")
        except (Told, *NeverSent) as problem:
            if state(problem) == LOCKED:
                return False
            raise UnusableStore(f"{self} ({table}): {problem}") from problem
        return True

    async def close(self) -> None:
        if self._made is not None:
            await hang_up(self._made)

    async def _run(self, sql: str) -> None:
        with self._explained():
            await (await self._connection()).execute(sql)

    async def _rows(self, sql: str, *values: object) -> list[Row]:
        with self._explained():
            rows: list[Row] = await (await self._connection()).fetch(sql, *values)
        return rows

    async def _value(self, sql: str) -> Any:
        [row] = await self._rows(sql)
        return row[0]

    @contextmanager
    def _explained(self, what: str = "") -> Generator[None]:
        try:
            yield
        except (Told, *NeverSent) as problem:
            raise UnusableStore(
                f"{self}{what}: {problem}. What was copied is kept: run this again when that is put right"
            ) from problem

    async def _connection(self) -> Any:
        if self._made is None:
            self._address.name = "parhelion copy"
            try:
                self._made = await self._address.connect(
                    statement_timeout="0", idle_in_transaction_session_timeout="0", synchronous_commit="off"
                )
            except Unreachable as trouble:
                raise UnusableStore(str(trouble)) from None
        return self._made
