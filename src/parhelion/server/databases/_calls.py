"""Bells between processes that may be on different machines, over a line: the database's own, or a bus.

ring   here at once; elsewhere after the commit (inside it, commits would queue for one lock), 50 times a second at most
hear   from elsewhere, what somebody here waits for `everywhere`. A line that was lost is opened again, and then all of
       these ring: for what was missed
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress

from ..ports import Line, Unavailable
from ._bells import Bells

log = logging.getLogger("parhelion.bells")
REST = 0.02  # seconds between two calls
ALIVE = 10.0  # seconds after which a silent line is asked whether it is there
PAUSE = 0.5  # seconds between two tries to open it


class Calls:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._bells = Bells()
        self._far: set[str] = set()  # bells that are listened for
        self._to_call: set[str] = set()
        self._something = asyncio.Event()  # to call, or a line that was lost
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

    @property
    def hears(self) -> bool:
        """Whether what others ring is heard; True where nobody listens for it."""
        return self._listening or not self._far

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def _hear(self, name: str) -> None:
        if name in self._far:
            self._bells.ring([name])

    async def _run(self) -> None:
        away = False
        while True:
            try:
                try:
                    await self._line.open(self._hear, self._something.set)
                    if away:
                        log.info("what other processes do is heard at once again")
                    away = False
                    await self._attend()
                finally:
                    self._listening = False
                    await self._line.close()
            except Unavailable as trouble:
                if not away:
                    log.warning("what other processes do is heard late, at the next poll: %s", trouble)
                away = True
            except Exception as trouble:  # noqa: BLE001 - the line is lost: it is opened again
                log.info("bells are heard over another connection: %r", trouble)
            await asyncio.sleep(PAUSE)

    async def _attend(self) -> None:
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
                await self._line.call(calling)
            except BaseException:
                self._to_call |= calling
                raise
            await asyncio.sleep(REST)
