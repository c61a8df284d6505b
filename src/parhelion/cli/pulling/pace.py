"""How often an account is asked: as often as its answers allow, and never more than was said.

429   nobody asks before the time it names is over (or a pause that doubles); from then on half as often
else  a little more often again, until nothing holds us back but waiting for answers
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

FIRST = 20.0  # requests a second, half of which remain after the first 429
SLOWEST = 0.1
FREE = 200.0  # from there on there is no pace
FASTER = 1.03  # with each answer
LONGEST = 600.0  # seconds that a 429 may ask for
LONG = 5.0  # seconds, after which somebody wonders
BACK_OFF = 60.0  # seconds, of pauses that nobody named


class Pace:
    """One for all that ask the account. `most` is in requests a second; `told` hears of long pauses, in seconds."""

    def __init__(
        self,
        most: float | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        told: Callable[[float], object] = lambda _: None,
    ) -> None:
        self._most, self._clock, self._sleep, self._told = most, clock, sleep, told
        self.rate = most
        self._next = 0.0
        self._held = 0.0  # until then, by a 429
        self._refusals = 0  # one after the other

    async def turn(self) -> None:
        """Come back when the next request may go out."""
        at = max(self._clock(), self._next)
        while True:
            self._next = max(self._next, at + (1 / self.rate if self.rate else 0.0))
            if (wait := at - self._clock()) > 0:
                await self._sleep(wait)
            if self._held <= at:
                return
            at = max(self._held, self._next)  # somebody was refused meanwhile

    def heard(self, status: int, told: float | None) -> None:
        """An answer has come; `told` are the seconds of its Retry-After."""
        now = self._clock()
        if status != 429:
            self._refusals = 0
            if self.rate is not None:
                faster = self.rate * FASTER
                self.rate = min(faster, self._most) if self._most else faster if faster < FREE else None
            return
        if now >= self._held:  # of several that were under way, the first counts
            self._refusals += 1
            self.rate = max(SLOWEST, (self.rate or FIRST) / 2)
        pause = min(2.0 ** min(self._refusals - 1, 9), BACK_OFF) if told is None else min(told, LONGEST)
        if pause >= LONG and now + pause > self._held + LONG:
            self._told(pause)
        self._held = max(self._held, now + pause)
