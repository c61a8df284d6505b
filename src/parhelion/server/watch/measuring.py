"""What is not counted as it happens, but looked up in the store: how large it is, and what is still to be sent.

It is looked up when somebody asks, at most every fifteen seconds, and never for more than a hundredth of the time: what
takes a second to find is good for a hundred. While the store does not answer, what was found last is told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import NamedTuple

from .. import rows
from ..ports import Clock, Database, milliseconds

log = logging.getLogger("parhelion.watch")
EVERY = 15.0  # seconds
SHARE = 100  # parts of the time, of which looking takes one
PATIENCE = 2.0  # seconds that who asks waits for it
MOST = 100_000  # deliveries that are counted


class Measured(NamedTuple):
    """What the store holds."""

    store: int  # bytes
    media: int  # bytes
    waiting: int  # deliveries, up to MOST
    failed: int
    oldest: float  # seconds for which the first of them has been due


class Measuring:
    """Looks it up once in a while."""

    def __init__(self, database: Database, clock: Clock, pulse: Callable[[], float] = monotonic) -> None:
        """`pulse`: what it is decided by whether to look again."""
        self._database, self._clock, self._pulse = database, clock, pulse
        self._found: Measured | None = None
        self._due = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def measured(self) -> Measured | None:
        """None: nothing could be found out yet."""
        if self._looking is None and self._pulse() >= self._due:
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(self._looked)
        if self._looking is not None:
            await asyncio.wait([self._looking], timeout=PATIENCE)
        return self._found

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self) -> None:
        began = perf_counter()
        try:
            database = self._database
            store, media = await database.size(), await rows.attachments.size(database)
            waiting, failed, oldest = await rows.deliveries.backlog(database, milliseconds(self._clock()), MOST)
            self._found = Measured(store, media, waiting, failed, max(0, oldest) / 1000)
        except Exception as trouble:  # noqa: BLE001 - it is tried again, and what was found last is told meanwhile
            log.warning("what the store holds could not be found out: %s", trouble)
        self._due = self._pulse() + max(EVERY, SHARE * (perf_counter() - began))

    def _looked(self, _: asyncio.Task[None]) -> None:
        self._looking = None
