"""What is left to do after a commit, done in small steps until nothing is left.

    bell "afterwards" or a minute  ->  settle uploads that were cut off  ->  sweep messages behind their mark
                                   ->  remove bytes of attachments that went  ->  forget answers whose time is up

Nothing of it lives in memory: a crash costs nothing but the time until the next start. Several processes may do it at
once; each step is one write, and what one has done the other does not find.
"""

from __future__ import annotations

import logging

from .. import rows
from ..ports import Clock, Database, Media, Refused, Write

log = logging.getLogger("parhelion.afterwards")
POLL = 60.0  # seconds
SEVERAL = 100


class Afterwards:
    """The worker. `run` for ever, or `once` until nothing is left."""

    def __init__(self, database: Database, media: Media, clock: Clock) -> None:
        self._database, self._media, self._clock = database, media, clock

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception:  # a full disk, say: it is tried again
                log.exception("what was left to do could not be done")
            await self._database.bell(rows.messages.AFTERWARDS[0], POLL)

    async def once(self) -> None:
        """Do what there is to do."""
        await self.settle()
        await self._sweep()
        await self._remove()
        await self._forget()

    async def settle(self) -> None:
        """Uploads that were committed and then cut off are kept; those that were not are gone."""

        async def committed(id: str) -> bool:
            return await rows.attachments.find(self._database, id) is not None

        await self._media.recover(committed)

    async def _sweep(self) -> None:
        while found := await rows.messages.to_sweep(self._database, SEVERAL):
            for app, conversation in found:
                while await self._done(rows.messages.sweep(app, conversation)):
                    pass  # each step is awaited, so others come in between
                await self._done(rows.messages.swept_clean(app, conversation))

    async def _remove(self) -> None:
        while found := await rows.attachments.to_remove(self._database, SEVERAL):
            for id in found:
                await self._media.remove(id)
                await self._database.write(rows.attachments.removed(id))

    async def _forget(self) -> None:
        now = round(self._clock() * 1000)
        while await self._done(rows.answered.expire(now, rows.messages.SWEEP)):
            pass

    async def _done(self, write: Write) -> bool:
        try:
            await self._database.write(write)
        except Refused:
            return False
        return True
