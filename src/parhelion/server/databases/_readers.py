"""Connections that are read over: a few, each made when all others are taken, the last used first.

A read that loses its connection is done again over another, for as long as a failover takes. So is one that was done at
a server in whose place another one was found meanwhile to take writes: it may not know yet that it leads no more, and
answers with what was before.
"""

from __future__ import annotations

import asyncio

from ..ports import Row, Unavailable, Values
from ._connecting import Address, Connection, Unreachable, answered, certain, hang_up, passing, pause, unavailable
from ._tongue import numbered

MOST = 6
PATIENCE = 30.0  # seconds


class Readers:
    def __init__(self, address: Address, most: int = MOST) -> None:
        self._address = address
        self._idle: list[tuple[int, Connection]] = []  # with the number of moves before it was made
        self._places = asyncio.Semaphore(most)
        self._closed = False

    async def read(self, sql: str, values: Values) -> list[Row]:
        [rows] = await self.read_each((sql, values))
        return rows

    async def read_each(self, *asked: tuple[str, Values]) -> list[list[Row]]:
        """One after another, all of them of one server."""
        ready = [(text, [values[name] for name in names]) for sql, values in asked for text, names in [numbered(sql)]]
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
                moves = self._address.moves
                try:
                    found = [await answered(connection, connection.fetch(text, *said)) for text, said in ready]
                except Exception as problem:
                    if not certain(connection, problem):
                        connection.terminate()
                        if loop.time() < until:
                            await pause()
                            continue
                        raise Unavailable(f"the database cannot be read: {problem}") from problem
                    await self._put_back(moves, connection)
                    if passing(problem):
                        raise unavailable("read", problem) from problem
                    raise
                if moves != self._address.moves and loop.time() < until:
                    connection.terminate()
                    continue
                await self._put_back(moves, connection)
                return found

    def _taken(self) -> Connection | None:
        while self._idle:
            before, connection = self._idle.pop()
            if before == self._address.moves and not connection.is_closed():
                return connection
            connection.terminate()
        return None

    async def _put_back(self, moves: int, connection: Connection) -> None:
        if self._closed:
            await hang_up(connection)
        else:
            self._idle.append((moves, connection))

    async def close(self) -> None:
        """Who is reading still gets an answer."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(hang_up(connection) for _, connection in idle))
