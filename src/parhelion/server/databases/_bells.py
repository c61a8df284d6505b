"""A bell says "look again", and nothing else. A missed bell costs one poll, never an event."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Bells:
    """The bells of one process."""

    def __init__(self) -> None:
        self._rung: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, names: Iterable[str]) -> None:
        """Wake whoever waits; who does not wait hears it when they next do."""
        for name in names:
            self._rung[name].set()

    async def heard(self, name: str, timeout: float) -> bool:
        """Wait for a bell. True: rung. False: time to look anyway."""
        event = self._rung[name]
        try:
            async with asyncio.timeout(timeout):  # `wait_for` would lose a cancellation that comes with the bell
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True
