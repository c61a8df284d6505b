"""An app at a glance: what was said, what was delivered, what failed, how fast; limits, version and health."""

from __future__ import annotations

from typing import cast

from starlette.responses import Response

from ... import __version__
from ...client.transport import Request, Timeout
from ...wire import RateLimit, Statistics, StatisticsPeriod
from ..html import Html, of, tag
from .charts import Series, bars, lines
from .frame import page, piece
from .visit import INSIDE, Visit

PERIODS = {"hour": "Last hour", "day": "Last day", "week": "Last week"}
AGAIN = {"hour": "5", "day": "60", "week": "300"}  # seconds after which it is drawn again
READY = "/readyz"


async def show(visit: Visit) -> Response:
    """The page."""
    period = _period(visit)
    if visit.wants_piece:
        return piece(*(await _drawn(visit, period)))
    ways = [
        tag("a", name, href=visit.at("overview", period=value), aria_current="true" if value == period else None)
        for value, name in PERIODS.items()
    ]
    return await page(
        visit,
        "Overview",
        tag("div", tag("h1", "Overview"), tag("nav", *ways, class_="tabs", aria_label="Period"), class_="head"),
        tag(
            "section",
            *(await _drawn(visit, period)),
            id="overview",
            data_again=AGAIN[period],
            data_from=visit.at("overview", period=period),
        ),
        way="overview",
    )


def _period(visit: Visit) -> str:
    return asked if (asked := visit.asked("period")) in PERIODS else "hour"


async def _drawn(visit: Visit, period: str) -> list[Html]:
    told = (await visit.client.statistics.get(period=cast("StatisticsPeriod", period))).statistics
    times = [step.at for step in told.steps]

    def of_steps(name: str) -> list[float | None]:
        return [getattr(step, name) for step in told.steps]

    return [
        tag(
            "div",
            bars(
                "Messages",
                times,
                Series("users", "one", of_steps("by_users")),
                Series("business", "two", of_steps("by_business")),
            ),
            bars(
                "Deliveries to webhooks",
                times,
                Series("arrived", "two", of_steps("arrived")),
                Series("put off", "one", of_steps("put_off")),
                Series("given up", "three", of_steps("given_up")),
            ),
            lines(
                "Time until a webhook answered",
                times,
                Series("half within", "two", of_steps("latency_p50")),
                Series("19 of 20 within", "one", of_steps("latency_p95")),
                unit=" ms",
            ),
            bars("Requests beyond the limit", times, Series("refused", "three", of_steps("refused"))),
            class_="charts",
        ),
        await _state(visit, told),
    ]


async def _state(visit: Visit, told: Statistics) -> Html:
    ready, why = await _health(visit)
    return tag(
        "div",
        _card("Deliveries now", _number(told.now.pending, "pending"), _number(told.now.failed, "failed")),
        _card("Limits", *_limits(told)),
        _card(
            "Server",
            tag(
                "p",
                tag("span", "ready" if ready else "not ready", class_=f"mark {'good' if ready else 'bad'}"),
                " ",
                why,
            ),
            tag("p", f"Parhelion {__version__}"),
            tag("p", tag("a", "What can be asked", href="/docs")),
        ),
        class_="cards",
    )


def _card(title: str, *inside: Html) -> Html:
    return tag("div", tag("h2", title), *inside, class_="card state")


def _number(number: int, name: str) -> Html:
    return tag("p", tag("b", f"{number}{'+' if number >= 1000 else ''}", class_="big"), f" {name}")


def _limits(told: Statistics) -> list[Html]:
    def said(limit: RateLimit | None) -> str:
        return f"{limit.per_second:g} a second, {limit.burst} at once" if limit else "none"

    pairs = (("The app", told.limits.app), ("Each key", told.limits.key))
    return [tag("dl", *(of(tag("dt", name), tag("dd", said(limit))) for name, limit in pairs), class_="facts")]


async def _health(visit: Visit) -> tuple[bool, str]:
    answer = await visit.transport.send(Request("GET", INSIDE, READY), Timeout())
    return answer.status == 200, "" if answer.status == 200 else answer.body.decode(errors="replace").strip()
