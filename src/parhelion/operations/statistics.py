"""Statistics. Ours: the hosted service shows its own in a dashboard."""

from __future__ import annotations

from ..wire import StatisticsPeriod, StatisticsResponse
from ._callers import C_co, Resource
from ._operation import APP, GET


class Statistics(Resource[C_co]):
    """What happens in an app, counted. Only Parhelion's own server knows this operation."""

    @GET("GetStatistics", "/parhelion/v1/apps/{app_id}/statistics", scopes=APP)
    def get(self, *, period: StatisticsPeriod = "hour") -> StatisticsResponse:
        """Messages, deliveries, latencies and refused requests of the last hour, day or week, for a chart.

        An hour comes in 60 steps of a minute, a day in 96 of 15 minutes, a week in 168 of an hour. Each step is there,
        also where nothing happened, oldest first; the last one is not over yet. Beside them stands what waits to be
        delivered now, what has failed, and how often the app and its keys may ask.

        These are statistics, not accounts: what a server has counted in the last five seconds is perhaps not there yet,
        and is lost when the server is killed. Counts are kept for eight days.

        Errors: `BadRequest` (a period that is none).

            for step in client.statistics.get(period="day").statistics.steps:
                print(step.at, step.by_users, step.by_business, step.latency_p95)

        Source: ours.
        """
        ...
