"""Moving the rows of a store into another database, table by table.

    source                                        target
    alone with it, at one moment                  empty, or the unfinished copy of this very source
    its tables, as its catalogue has them   =     its tables, made by the same scripts
    rows in the order of their key          ->    batches, a commit each; it goes on after the last key that is there
    count, checksum of each table           =     the same; a table that differs is emptied, and copied once more
    the last number that was given          ->    the next one is higher

Nothing is written down of how far it has come: the target shows it. Until all is compared the target bears a mark, and
no server takes it. Which tables there are is never said here: a new one comes along.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple, Protocol

import msgspec

from ..ports import Row, UnusableStore

SEVERAL = 1000  # rows at a time
PRIVATE = {"migration", "receipt", "copying"}  # what a database has for itself


class Table(NamedTuple):
    """As a catalogue has it."""

    name: str
    columns: tuple[str, ...]  # by name
    key: tuple[str, ...]  # its primary key

    def rows(self, parameter: str, *, after: bool) -> str:
        """All of them by their key, or those after one. `parameter`: as the database writes them, {} its number."""
        key = ", ".join(self.key)
        last = ", ".join(parameter.format(number + 1) for number in range(len(self.key)))
        some = f" where ({key}) > ({last})" if after else ""
        return f"select {', '.join(self.columns)} from {self.name}{some} order by {key}"

    def last(self) -> str:
        backwards = ", ".join(f"{each} desc" for each in self.key)
        return f"select {', '.join(self.key)} from {self.name} order by {backwards} limit 1"


class Tables(Protocol):
    """A database as somewhere to copy from or to."""

    def __str__(self) -> str: ...
    async def tables(self) -> list[Table]:
        """But for private ones, by name."""
        ...

    async def hold(self) -> None:
        """Be alone with it, and see it at one moment. `UnusableStore` when it is served."""
        ...

    async def check_alone(self) -> None:
        """`UnusableStore` when somebody has begun to serve it since."""
        ...

    async def version(self) -> int: ...
    async def mark(self) -> str | None:
        """Of what it is the unfinished copy."""
        ...

    async def begin(self, mark: str) -> None: ...
    def read(self, table: Table, after: Row | None = None) -> AsyncIterator[list[Row]]:
        """By their key, SEVERAL at a time, and fewer only at the end."""
        ...

    async def count(self, table: Table) -> int: ...
    async def last(self, table: Table) -> Row | None:
        """The key of the last row."""
        ...

    async def put(self, table: Table, rows: list[Row]) -> None: ...
    async def empty(self, table: Table) -> None: ...
    async def numbers(self) -> dict[str, int]:
        """The last number that was given in each table where the database gives them."""
        ...

    async def finish(self, numbers: dict[str, int]) -> None:
        """Give higher ones from now on, and take away the mark. It is all on the disk then."""
        ...

    async def size(self) -> int:
        """Bytes that it takes up on the disk."""
        ...

    async def rewrite(self, told: Callable[[str], None]) -> None:
        """Write all of it anew, without what was deleted. It may be served: who writes waits. `told`: what comes next.

        `UnusableStore` when it cannot be done now; nothing is lost.
        """
        ...

    async def close(self) -> None: ...


class Copied(NamedTuple):
    """A table, and what is in it on both sides."""

    name: str
    rows: int
    checksum: str


async def copy(
    source: Tables, target: Tables, version: int, identity: str, told: Callable[[str, int, int], None]
) -> list[Copied]:
    """All rows; the target is still to be finished. `version`: of this program. `identity`: of the source, whatever it
    is called. `told`: what is done, how much of how much. `UnusableStore`
    """
    await source.hold()
    if (found := await source.version()) != version:
        raise UnusableStore(f"{source} is of version {found}, not {version}: run `parhelion migrate` on it first")
    if (mark := await source.mark()) is not None:
        raise UnusableStore(f"{source} is itself an unfinished copy: finish it first")
    tables = await source.tables()
    await target.hold()
    mark = await target.mark()
    if (found := await target.version()) != version or await target.tables() != tables:
        raise UnusableStore(f"{target} is of another version: give an empty database")
    if mark is None:
        if full := [table.name for table in tables if await target.count(table)]:
            raise UnusableStore(f"{target} is not empty ({', '.join(full[:3])}): nothing was copied. Give an empty one")
        await target.begin(identity)
    elif mark != identity:
        raise UnusableStore(f"{target} is the unfinished copy of another store: give an empty one")
    counts = {table.name: await source.count(table) for table in tables}
    await _transfer(source, target, tables, sum(counts.values()), told)
    copied = await _compare(source, target, tables, sum(counts.values()), told)
    await source.check_alone()
    return copied


async def _transfer(
    source: Tables, target: Tables, tables: list[Table], total: int, told: Callable[[str, int, int], None]
) -> None:
    done = 0
    for table in tables:
        last = await target.last(table)
        if last is not None:
            done += await target.count(table)
        told("copied", done, total)
        async for rows in source.read(table, last):
            await target.put(table, rows)
            done += len(rows)
            told("copied", done, total)


async def _compare(
    source: Tables, target: Tables, tables: list[Table], total: int, told: Callable[[str, int, int], None]
) -> list[Copied]:
    """A source that was written to since a copy was begun differs in some tables."""
    copied: list[Copied] = []
    done = 0
    for table in tables:
        wanted, found = await asyncio.gather(_sum(source, table), _sum(target, table))
        if found != wanted:
            await target.empty(table)
            await _transfer(source, target, [table], wanted.rows, told)
            if await _sum(target, table) != wanted:
                raise UnusableStore(f"{target} does not keep what is written into {table.name}: it cannot be used")
        copied.append(wanted)
        done += wanted.rows
        told("compared", done, total)
    return copied


async def _sum(side: Tables, table: Table) -> Copied:
    rows, digest = 0, hashlib.blake2b(digest_size=16)
    async for some in side.read(table):
        rows += len(some)
        digest.update(msgspec.msgpack.encode([tuple(row) for row in some]))
    return Copied(table.name, rows, digest.hexdigest())
