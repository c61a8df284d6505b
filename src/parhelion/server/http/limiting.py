"""How often an app, and how often a key, may ask: told on every answer, and refused with 429.

    who asks is known (401)  ->  a token of the key and one of the app, or neither (429)  ->  all else

So what nobody's credentials stand for costs nobody anything: an id is no secret, and who knows no more than that must
not use up what is its owner's. What comes with credentials counts, whatever it is answered.

The app is the key's own, whichever app is asked for; with a key of the account it is the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from ...wire import TooManyRequests
from ..commands import Grant
from ..ports import Clock, Meters
from ..rules.rates import SECOND, Rates, take
from .asgi import Headers

T = TypeVar("T")
MOST = 32_768  # buckets that a process holds, about 6 MB


class Limiter:
    """Asks the buckets, and says what they say."""

    def __init__(self, rates: Rates, meters: Meters, clock: Clock) -> None:
        self._rates, self._meters, self._clock = rates, meters, clock

    async def take(self, grant: Grant, app_id: str, more: Headers) -> None:
        """Let a request pass, or raise `TooManyRequests`. `more` are the headers of the answer, whatever it will be."""
        wanted = [
            (f"{kind}:{id}", rate, kind)
            for kind, id, rate in (
                ("app", grant.app_id or app_id, self._rates.app),
                ("key", grant.key_id, self._rates.key),
            )
            if rate is not None and id
        ]
        if not wanted:
            return
        names, rates, kinds = zip(*wanted, strict=True)
        now = int(self._clock() * SECOND)
        left = await self._meters.change(names, partial(take, rates=rates, now=now))
        rate = rates[left.which]
        more += [
            (b"ratelimit-limit", b"%d" % rate.burst),
            (b"ratelimit-remaining", b"%d" % left.requests),
            (b"ratelimit-reset", b"%d" % _seconds(left.full)),
        ]
        if left.wait:
            title = f"Too many requests: this {kinds[left.which]} may make {rate}"
            raise TooManyRequests(title, headers={"retry-after": str(_seconds(left.wait))})


class Held:
    """Meters of one process. When there are too many, the one that was asked for longest ago is forgotten."""

    def __init__(self, most: int = MOST) -> None:
        self._moments: dict[str, int] = {}
        self._most = most

    async def change(self, names: Sequence[str], to: Callable[[Sequence[int]], tuple[Sequence[int], T]]) -> T:
        moments, said = to([self._moments.pop(name, 0) for name in names])
        self._moments.update(zip(names, moments, strict=True))  # as the last: what comes first is the oldest
        while len(self._moments) > self._most:
            del self._moments[next(iter(self._moments))]
        return said


def _seconds(nanoseconds: int) -> int:
    """Whole ones, and not too few."""
    return -(-nanoseconds // SECOND)
