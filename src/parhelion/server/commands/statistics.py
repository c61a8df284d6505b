"""Statistics: what was counted of an app, as a chart wants it."""

from __future__ import annotations

from ...operations import Statistics as Operations
from ...wire import (
    RateLimit,
    RateLimits,
    Statistics,
    StatisticsNow,
    StatisticsPeriod,
    StatisticsResponse,
    StatisticsStep,
    instant,
)
from .. import rows
from ..rules import statistics
from ..rules.rates import Rate
from ._serves import Context, serves


@serves(Operations.get)
async def get(context: Context, *, period: StatisticsPeriod = "hour") -> StatisticsResponse:
    steps = statistics.steps(period, context.engines.clock())
    found = await rows.tally.read(context.database, context.app_id, steps.first, steps.length, steps.end)
    pending, failed = await rows.tally.deliveries(context.database, context.app_id)
    rates = context.engines.rates
    return StatisticsResponse(
        statistics=Statistics(
            period=period,
            step_seconds=steps.length * statistics.MINUTE,
            steps=[
                _said(steps.first + number * steps.length, counts)
                for number, counts in enumerate(statistics.by_step(found, steps.several))
            ],
            now=StatisticsNow(pending=pending, failed=failed),
            limits=RateLimits(app=_limit(rates.app), key=_limit(rates.key)),
        )
    )


def _said(minute: int, counts: dict[str, int]) -> StatisticsStep:
    latencies = statistics.latencies(counts)
    return StatisticsStep(
        at=instant(minute * statistics.MINUTE * 1000),
        by_business=counts.get(statistics.BY_BUSINESS, 0),
        by_users=counts.get(statistics.BY_USERS, 0),
        arrived=counts.get(statistics.ARRIVED, 0),
        put_off=counts.get(statistics.PUT_OFF, 0),
        given_up=counts.get(statistics.GIVEN_UP, 0),
        latency_p50=statistics.within(0.5, latencies),
        latency_p95=statistics.within(0.95, latencies),
        refused=counts.get(statistics.REFUSED, 0),
    )


def _limit(rate: Rate | None) -> RateLimit | None:
    return None if rate is None else RateLimit(per_second=rate.limit / rate.per, burst=rate.burst)
