"""Sealing the audit log: what was written since the last time is held together, and what is old is let go.

    every few seconds   lines behind the last seal, as far as all is settled -> the next seal, of at most SEVERAL lines
                        -> another process had that number: look again
                        seals older than they are kept for -> an anchor in place of each, from the oldest on

Nothing of it lives in memory: what a crash leaves unsealed is sealed at the next start.
"""

from __future__ import annotations

import asyncio
import logging

from .. import rows
from ..ports import Clock, Database, Refused, Unavailable, Write, milliseconds
from ..rules.auditing import anchor, sealed
from ..vault import Vault

log = logging.getLogger("parhelion.audit")
EVERY = 5.0  # seconds
SEVERAL = 200  # lines of a seal: what others wait behind it
TOLD = 60 * 60  # seconds between two heads in the log
DAY = 24 * 60 * 60


class Sealing:
    """The worker. `run` for ever, or `once` until nothing is left."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, days: int = 0, every: float = EVERY) -> None:
        """`days`: how long lines are kept; 0: for ever. `every`: seconds between two looks."""
        self._database, self._vault, self._clock = database, vault, clock
        self._days, self._every = days, every
        self._told = ""
        self._told_at = 0.0

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except Unavailable as trouble:
                log.warning("the audit log could not be sealed: %s", trouble)
            except Exception:
                log.exception("the audit log could not be sealed")
            await asyncio.sleep(self._every)

    async def once(self) -> None:
        """Seal what there is, and let go of what is old."""
        while await self._seal():
            pass
        while await self._prune():
            pass
        await self._tell()

    async def _seal(self) -> bool:
        """Whether there may be more."""
        before = await rows.audit.newest(self._database)
        settled = await rows.audit.settled(self._database)
        lines = await rows.audit.lines(self._database, before.last if before else 0, settled, SEVERAL)
        if not lines:
            return False
        made = sealed(self._vault.auditing, before, milliseconds(self._clock()), lines)
        await self._done(rows.audit.seal(made))
        return True

    async def _prune(self) -> bool:
        """Whether a seal went."""
        if not self._days:
            return False
        before = milliseconds(self._clock() - self._days * DAY)
        found = await rows.audit.seals(self._database, 0, 2)
        oldest = next((seal for seal in found if not seal.anchor), None)
        if oldest is None or oldest.at >= before:
            return False
        return await self._done(rows.audit.prune(oldest, anchor(self._vault.auditing, oldest)))

    async def _tell(self) -> None:
        """The head, once in a while: whoever keeps the server's log can say later whether the end was cut off."""
        now = self._clock()
        if self._told and abs(now - self._told_at) < TOLD:
            return
        newest = await rows.audit.newest(self._database)
        if newest is not None and newest.head != self._told:
            self._told, self._told_at = newest.head, now
            log.info("the audit log is sealed up to line %d; its head is %s", newest.last, newest.head)

    async def _done(self, write: Write) -> bool:
        try:
            await self._database.write(write)
        except Refused:
            return False
        return True
