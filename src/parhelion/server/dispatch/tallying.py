"""Counting what happens in apps: in memory where it happens, and every few seconds into rows.

    commands, dispatch, http  --count-->  (app, minute): {name: how often}  --every few seconds-->  added to the rows

Whoever counts pays for an addition in memory. Rows are added to, so any number of processes count together. What was
counted last is lost with a process that is killed: these are statistics, not accounts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress

from .. import rows
from ..ports import Clock, Database, Unavailable
from ..rows.tally import TOGETHER
from ..rules.statistics import MINUTE

log = logging.getLogger("parhelion.statistics")
EVERY = 5.0  # seconds
PATIENCE = 5.0  # seconds that the rows are waited for at the end
MOST = 10_000  # minutes of apps that are held while the rows cannot be had, about 7 MB
AT_ONCE = 100  # writes that wait at the same time

Place = tuple[str, int]  # an app, and a minute since 1970


class Tallying:
    """The worker. `run` for ever, then `close`."""

    def __init__(self, database: Database, clock: Clock, every: float = EVERY) -> None:
        """`every`: seconds between two flushes."""
        self._database, self._clock, self._every = database, clock, every
        self._counts: dict[Place, dict[str, int]] = {}
        self._flushing = asyncio.Lock()
        self._flush: asyncio.Task[None] | None = None

    def count(self, app: str, name: str) -> None:
        self._add((app, int(self._clock() // MINUTE)), {name: 1})

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self._flush = asyncio.create_task(self.flush())
            await asyncio.shield(self._flush)  # whoever ends this does not end that: it is waited for by the last one

    async def flush(self) -> None:
        """Answers when what was counted is in the rows. What cannot be written now is written with the next."""
        async with self._flushing:
            taken, self._counts = self._counts, {}
            parts = [(place, part) for place, counts in sorted(taken.items()) for part in _parts(counts)]
            for start in range(0, len(parts), AT_ONCE):
                await asyncio.gather(*(self._write(*each) for each in parts[start : start + AT_ONCE]))

    async def close(self) -> None:
        """As `flush`, for a moment only: nobody waits longer for the sake of counting."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.flush()

    async def _write(self, place: Place, counts: Mapping[str, int]) -> None:
        try:
            await self._database.write(rows.tally.add(*place, counts))
        except Unavailable:
            self._add(place, counts)
        except Exception:  # it may have happened: rather too few than too many
            log.exception("what was counted of app %s is lost", place[0])

    def _add(self, place: Place, more: Mapping[str, int]) -> None:
        counts = self._counts.get(place)
        if counts is None:
            if len(self._counts) >= MOST:
                return  # nobody has written for long: what came first is told when somebody does
            counts = self._counts[place] = {}
        for name, several in more.items():
            counts[name] = counts.get(name, 0) + several


def _parts(counts: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
    """As much of them at a time as a write takes."""
    names = sorted(counts)
    for start in range(0, len(names), TOGETHER):
        yield {name: counts[name] for name in names[start : start + TOGETHER]}
