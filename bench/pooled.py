"""The yardstick for grouped writes: `parhelion serve` over PostgreSQL as it is, but each write has a transaction of its
own, as usual, on one of 16 connections of a pool.

Everything else is the server's own, its statements too. Nothing is asked for to find out what became of a commit, and
a connection is not reset when it goes back.

    python -m bench.pooled DIR ADDRESS
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from parhelion.cli import serve
from parhelion.cli.settings import Settings
from parhelion.server.databases import postgres
from parhelion.server.databases._connecting import SETTINGS
from parhelion.server.databases._tongue import numbered
from parhelion.server.ports import Refused, Row, Write

asyncpg: Any = import_module("asyncpg")  # it has no types of its own
CONNECTIONS = 16


class Pooled(postgres.Postgres):
    """A database that groups nothing."""

    def __init__(self, address: str, **how: Any) -> None:
        super().__init__(address, **how)
        self._pool = asyncio.ensure_future(_pool(address))

    def write(self, write: Write) -> asyncio.Future[list[Row]]:
        return asyncio.ensure_future(self._alone(write))

    async def _alone(self, write: Write) -> list[Row]:
        rows: list[Row] = []
        rung = set(write.bells)
        async with (await self._pool).acquire() as connection, connection.transaction():
            for sql, otherwise, bell in write.steps:
                text, names = numbered(sql)
                statement = await connection.prepare(text)
                rows = await statement.fetch(*(write.values[name] for name in names)) or rows
                touched = not statement.get_statusmsg().endswith(" 0")
                if otherwise and not touched:
                    raise Refused(otherwise)
                if bell and touched:
                    rung.add(bell)
        self.ring(*rung)
        return rows

    async def close(self) -> None:
        await (await self._pool).close()
        await super().close()


async def _pool(address: str) -> Any:
    how = {"min_size": CONNECTIONS, "max_size": CONNECTIONS, "server_settings": SETTINGS, "reset": _as_it_is}
    return await asyncpg.create_pool(address, **how)


async def _as_it_is(_: object) -> None:
    """Nothing is left on a connection that another request could mind."""


if __name__ == "__main__":
    postgres.Postgres = Pooled  # type: ignore[misc]  # that is the point
    sys.exit(serve.serve(Settings(data=Path(sys.argv[1]), database=sys.argv[2], port=0)))
