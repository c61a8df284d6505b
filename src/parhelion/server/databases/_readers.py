"""Connections that are read over: a few, each made when all others are taken, the last used first.

A read that loses its connection is done again over another, for as long as a failover takes.
"""

from __future__ import annotations

import asyncio

from ..ports import Row, Unavailable, Values
from ._connecting import Address, Connection, Unreachable, answered, certain, hang_up, passing, pause
from ._tongue import numbered

MOST = 6
PATIENCE = 30.0  # seconds


class Readers:
    def __init__(self, address: Address, most: int = MOST) -> None:
        self._address = address
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(most)
        self._closed = False

    async def read(self, sql: str, values: Values) -> list[Row]:
        text, names = numbered(sql)
        said = [values[name] for name in names]
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        async with self._places:
            while True:
                try:
                    connection = self._taken() or await self._address.connect()
                except Unreachable as trouble:
                    if loop.time() >= until:
                        raise Unavailable(str(trouble)) from None
                    await pause()
                    continue
                try:
                    rows: list[Row] = await answered(connection, connection.fetch(text, *said))
                except Exception as problem:
                    if not certain(connection, problem):
                        connection.terminate()
                        if loop.time() < until:
                            continue
                        raise Unavailable(f"the database cannot be read: {problem}") from problem
                    await self._put_back(connection)
                    if passing(problem):
                        raise Unavailable(f"the database cannot read this now: {problem}") from problem
                    raise
                await self._put_back(connection)
                return rows

    def _taken(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _put_back(self, connection: Connection) -> None:
        if self._closed:
            await hang_up(connection)
        else:
            self._idle.append(connection)

    async def close(self) -> None:
        """Who is reading still gets an answer."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*map(hang_up, idle))
