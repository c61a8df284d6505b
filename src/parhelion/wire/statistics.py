"""Statistics: what happened in an app, step by step. Ours: the API has no word for them."""

from __future__ import annotations

from typing import Literal

from ._wire import Instant, Wire

StatisticsPeriod = Literal["hour", "day", "week"]


class StatisticsStep(Wire, kw_only=True):
    """What happened from `at` on, until the next step begins.

    `arrived` are deliveries that a webhook took, `put_off` attempts that failed and are made again, `given_up`
    deliveries that are not tried any more. `latency_p50` and `latency_p95` say within how many milliseconds half, and
    19 of 20, of the receivers' answers to what arrived came. Times are kept by powers of two only, so what is said
    between them is a guess, never wrong by a factor of two; absent where nothing arrived. `refused` are requests beyond
    the rate limit.
    """

    at: Instant
    by_business: int
    by_users: int
    arrived: int
    put_off: int
    given_up: int
    latency_p50: float | None = None
    latency_p95: float | None = None
    refused: int


class StatisticsNow(Wire, kw_only=True):
    """How many deliveries are pending, and how many have failed. 1000 is 1000 or more: nobody counts further."""

    pending: int
    failed: int


class RateLimit(Wire, kw_only=True):
    """How many requests a second pass in the long run, and how many at once."""

    per_second: float
    burst: int


class RateLimits(Wire, kw_only=True):
    """How often an app may ask, with all its keys, and how often one key may. Absent: as often as it likes."""

    app: RateLimit | None = None
    key: RateLimit | None = None


class Statistics(Wire, kw_only=True):
    """A period in steps of equal length, oldest first. The last one is not over yet."""

    period: str
    step_seconds: int
    steps: list[StatisticsStep]
    now: StatisticsNow
    limits: RateLimits


class StatisticsResponse(Wire, kw_only=True):
    """What happened in an app."""

    statistics: Statistics
