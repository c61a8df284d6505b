"""What is counted of an app, in which steps it is told, and what can be said of latencies that were only counted.

A latency is counted under the name of its power of two: `took:0` is less than a millisecond, `took:4` is 8 to 16 of
them. So a minute of an app has few rows whatever happens in it, and counts of many processes are simply added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

MINUTE = 60  # seconds
KEPT = 8 * 24 * 60  # minutes that counts are kept: the longest period, and a day for clocks that differ
BY_BUSINESS, BY_USERS = "business", "users"  # messages
ARRIVED, PUT_OFF, GIVEN_UP = "arrived", "put off", "given up"  # attempts at deliveries
REFUSED = "refused"  # requests, for the rate limit
_TOOK = "took:"


class Steps(NamedTuple):
    """Equal lengths of time, in minutes since 1970."""

    first: int
    length: int
    several: int

    @property
    def end(self) -> int:
        return self.first + self.length * self.several


_PERIODS = {"hour": (1, 60), "day": (15, 96), "week": (60, 168)}


def steps(period: Literal["hour", "day", "week"], now: float) -> Steps:
    """Those of a period. Its last step is the one that `now` is in."""
    length, several = _PERIODS[period]
    last = int(now // MINUTE) // length
    return Steps((last - several + 1) * length, length, several)


def took(seconds: float) -> str:
    """The name that a latency is counted under."""
    return f"{_TOOK}{int(max(seconds, 0) * 1000).bit_length()}"


def latencies(counts: Mapping[str, int]) -> dict[int, int]:
    """How often each power of two came, of all that was counted."""
    return {int(name.removeprefix(_TOOK)): several for name, several in counts.items() if name.startswith(_TOOK)}


def within(share: float, latencies: Mapping[int, int]) -> float | None:
    """In how many milliseconds a share of them came, 0 to 1: as if those between two powers were spread evenly."""
    wanted = share * sum(latencies.values())
    for power, several in sorted(latencies.items()):
        if 0 < wanted <= several:
            low, high = (0.0, 1.0) if power == 0 else (2.0 ** (power - 1), 2.0**power)
            return round(low + (high - low) * wanted / several, 1)
        wanted -= several
    return None


def by_step(found: Iterable[tuple[int, str, int]], several: int) -> list[dict[str, int]]:
    """Counts of each step, of (step, name, count)."""
    steps: list[dict[str, int]] = [{} for _ in range(several)]
    for step, name, count in found:
        steps[step][name] = count
    return steps
