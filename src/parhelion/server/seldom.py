"""A line of the log once in a while, of what happens often: what is in trouble already has no time to log."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

EVERY = 10.0  # seconds from one line to the next


class Seldom:
    """Counts, and tells the first at once. To be asked from a loop."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """`what`: the beginning of each line."""
        self._log, self._what = log, what
        self._counted: Counter[str] = Counter()
        self._next: asyncio.TimerHandle | None = None

    def count(self, why: str) -> None:
        """One more."""
        self._counted[why] += 1
        if self._next is None:
            self._tell()

    def _tell(self) -> None:
        if not self._counted:
            self._next = None
            return
        said = ", ".join(f"{reason} ({several})" for reason, several in self._counted.items())
        self._log.warning("%s: %s", self._what, said)
        self._counted.clear()
        self._next = asyncio.get_running_loop().call_later(EVERY, self._tell)
