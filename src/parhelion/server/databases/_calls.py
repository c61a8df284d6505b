"""Bells between processes on one PostgreSQL: LISTEN and NOTIFY, over a connection of their own.

ring   here at once; elsewhere after the commit (inside it, commits would queue for one lock), 50 times a second at most
hear   from elsewhere, what somebody here waits for `everywhere`. A connection that was lost is made again, and then
       all of these ring: for what was missed
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress

from ..ports import UnusableStore
from ._bells import Bells
from ._connecting import Address, Connection, Unreachable, answered, hang_up

log = logging.getLogger("parhelion.bells")
CHANNEL = "parhelion"
REST = 0.02  # seconds between two calls
ALIVE = 10.0  # seconds after which a silent connection is asked whether it is there
PAUSE = 0.5  # seconds between two tries to connect
_CALL = f"select pg_notify('{CHANNEL}', name) from unnest(cast($1 as text[])) as name"


class Calls:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._bells = Bells()
        self._far: set[str] = set()  # bells that are listened for
        self._to_call: set[str] = set()
        self._something = asyncio.Event()  # to call, or a connection that was lost
        self._listening = False
        self._task: asyncio.Task[None] | None = None

    def ring(self, names: Iterable[str]) -> None:
        rung = frozenset(names)
        self._bells.ring(rung)
        if rung:
            self._to_call |= rung
            self._something.set()
            self._begin()

    async def heard(self, name: str, timeout: float, *, everywhere: bool = False) -> bool:
        if everywhere and name not in self._far:
            self._far.add(name)
            self._begin()
            if self._listening:
                self._bells.ring([name])  # for what others have rung before
        return await self._bells.heard(name, timeout)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        lost = False
        while True:
            try:
                connection = await self._address.connect()
                try:
                    await self._attend(connection)
                finally:
                    self._listening = False
                    await hang_up(connection)
            except (Unreachable, UnusableStore) as trouble:
                if not lost:
                    log.warning("what other processes do is heard late, at the next poll: %s", trouble)
                lost = True
            except Exception as trouble:  # noqa: BLE001 - the connection is gone: it is made again
                log.info("bells are heard over another connection: %r", trouble)
                lost = False
            await asyncio.sleep(PAUSE)

    async def _attend(self, connection: Connection) -> None:
        ours = connection.get_server_pid()

        def hear(_: object, pid: int, __: str, name: str) -> None:
            if pid != ours and name in self._far:
                self._bells.ring([name])

        def lost(_: object) -> None:
            self._something.set()

        connection.add_termination_listener(lost)
        await answered(connection, connection.add_listener(CHANNEL, hear))
        self._listening = True
        self._bells.ring(self._far)
        while True:
            if not self._something.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE):
                        await self._something.wait()
            self._something.clear()
            calling, self._to_call = self._to_call, set()
            try:
                await answered(connection, connection.execute(_CALL, list(calling)))
            except BaseException:
                self._to_call |= calling
                raise
            await asyncio.sleep(REST)
