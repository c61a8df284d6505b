"""What is left to do after a commit, done in small steps until nothing is left.

    bell "afterwards" or a minute  ->  settle uploads that were cut off  ->  sweep messages behind their mark
                                   ->  remove bytes of attachments that went  ->  forget answers whose time is up

Nothing of it lives in memory: a crash costs nothing but the time until the next start. Several processes may do it at
once; each step is one write, and what one has done the other does not find.
"""

from __future__ import annotations

import logging

from .. import rows
from ..ports import AFTERWARDS, Clock, Database, Media, Refused, Write, milliseconds

log = logging.getLogger("parhelion.afterwards")
POLL = 60.0  # seconds
SEVERAL = 100  # at a time


class Afterwards:
    """The worker. `run` for ever, or `once` until nothing is left."""

    def __init__(self, database: Database, media: Media, clock: Clock) -> None:
        self._database, self._media, self._clock = database, media, clock

    async def run(self) -> None:
        while True:
            await self.once()
            await self._database.bell(AFTERWARDS, POLL)

    async def once(self) -> None:
        """Do what there is to do. What cannot be done now is told, holds up nothing else, and is tried again."""
        for task in (self.settle, self._sweep, self._remove, self._forget):
            try:
                await task()
            except Exception:
                log.exception("%s could not be done", task.__name__.strip("_"))

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
        last = ""
        while found := await rows.attachments.to_remove(self._database, last, SEVERAL):
            for id in found:
                try:
                    await self._media.remove(id)
                    await self._database.write(rows.attachments.removed(id))
                except OSError:
                    log.exception("the bytes of attachment %s could not be removed", id)
            last = found[-1]

    async def _forget(self) -> None:
        while await self._done(rows.answered.expire(milliseconds(self._clock()), SEVERAL)):
            pass

    async def _done(self, write: Write) -> bool:
        try:
            await self._database.write(write)
        except Refused:
            return False
        return True
