"""How often somebody may ask: a bucket of tokens, of which one number is kept.

    100          100 a second, and 200 at once            6000/min     the same, said by the minute
    100/s:500    100 a second, and 500 at once            3600/h       one a second, and two at once

The number is the moment, in nanoseconds since 1970, at which the bucket will be full again: the generic cell rate
algorithm (ITU-T I.371). Each request that passes moves it on by an interval. A number that lies in the past is a full
bucket, as is 0, so a bucket that nobody has asked for needs no number at all.

    now       full
     |---------|------------------|     full - now <= burst * interval, whatever happens: so in any time t,
      used up    still to be had         limit * t + burst requests pass at most
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

SECOND = 1_000_000_000  # nanoseconds
MOST = 1_000_000  # of a limit, and of a burst: beyond it somebody has slipped
_PER = {"s": 1, "min": 60, "h": 3600}
_WORDS = {1: "a second", 60: "a minute", 3600: "an hour"}
_RATE = re.compile(r"([0-9]{1,9})(?:/(s|min|h))?(?::([0-9]{1,9}))?", re.ASCII)


class Rate(NamedTuple):
    """`limit` requests in `per` seconds, of which `burst` may come at once."""

    limit: int
    per: int
    burst: int

    @property
    def interval(self) -> int:
        """Nanoseconds a token takes to come, rounded up."""
        return -(-self.per * SECOND // self.limit)

    def __str__(self) -> str:
        return f"{self.limit} {_WORDS[self.per]}, {self.burst} at once"


class Rates(NamedTuple):
    """What an app may ask for with all its keys together, and what may be asked with one key. None: without limit."""

    app: Rate | None = None
    key: Rate | None = None


UNLIMITED = Rates()


class Left(NamedTuple):
    """What is left of the bucket that has the least."""

    which: int  # of those that were asked
    requests: int
    full: int  # nanoseconds until it is full again
    wait: int  # nanoseconds until it gives; 0 when it has given


def rate_of(said: str) -> Rate:
    """A rate as people write it. The burst is what comes in two seconds, and one at least, unless it is said.

    Raises ValueError with the words of a fault.
    """
    match = _RATE.fullmatch(said)
    if match is None:
        raise ValueError(f"{said!r} is not a rate such as 100, 100/s, 6000/min, 3600/h or 100/s:500")
    limit, per = int(match[1]), _PER[match[2] or "s"]
    burst = min(max(1, 2 * limit // per), MOST) if match[3] is None else int(match[3])
    if not (1 <= limit <= MOST and 1 <= burst <= MOST):
        raise ValueError(f"{said!r} is not a rate: its numbers should be 1 to {MOST}")
    return Rate(limit, per, burst)


def take(buckets: Sequence[int], rates: Sequence[Rate], now: int) -> tuple[list[int], Left]:
    """A token from each bucket, or none from any: the numbers to keep, and what is left where there is least.

    A number further ahead than a bucket is deep is from before the clock was set back: all is used up, and no more.
    """
    full = [min(max(each, now), now + rate.burst * rate.interval) for each, rate in zip(buckets, rates, strict=True)]
    taken = [each + rate.interval for each, rate in zip(full, rates, strict=True)]
    waits = [each - now - rate.burst * rate.interval for each, rate in zip(taken, rates, strict=True)]
    if (wait := max(waits)) > 0:
        which = waits.index(wait)
        kept = [min(each, most) for each, most in zip(buckets, full, strict=True)]  # no number changes but to be right
        return kept, Left(which, 0, full[which] - now, wait)
    left = [-each // rate.interval for each, rate in zip(waits, rates, strict=True)]
    which = left.index(min(left))
    return taken, Left(which, left[which], taken[which] - now, 0)
