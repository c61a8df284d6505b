"""What was counted, told to whoever asks: as text that is made in a thread, at most once a second."""

from __future__ import annotations

import asyncio
from time import monotonic

from ..ports import Clock, Database
from .measuring import Measured, Measuring
from .numbers import Numbers

FRESH = 1.0  # seconds
Text = tuple[str, bytes]  # its media type, and it


class Exposing:
    """Tells what the numbers are, and what the store holds."""

    def __init__(self, numbers: Numbers, database: Database, clock: Clock) -> None:
        self._numbers, self._measuring = numbers, Measuring(database, clock)
        self._kept: tuple[str, float, Text] | None = None  # what was accepted, when it was made
        self._turn = asyncio.Lock()  # who asks at the same time is told the same

    async def text(self, accept: str) -> Text:
        """In a form that is accepted."""
        async with self._turn:
            if self._kept is None or self._kept[0] != accept or monotonic() - self._kept[1] >= FRESH:
                measured = await self._measuring.measured()
                made = await asyncio.to_thread(_text, self._numbers, measured, accept)
                self._kept = accept, monotonic(), made
            return self._kept[2]

    async def close(self) -> None:
        """Look nothing up any more."""
        await self._measuring.close()


def _text(numbers: Numbers, measured: Measured | None, accept: str) -> Text:
    from .prometheus import text  # which nobody waits for who is not asked

    return text(numbers, measured, accept)
