"""Numbers over time as pictures: bars that stand on one another, and lines. Drawn as SVG, without a script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil, log10
from typing import NamedTuple

from ..html import Html, of, tag
from .drawing import moment

WIDE, HIGH = 600, 150


class Series(NamedTuple):
    """What is drawn in one colour: `kind` is its class in console.css. None is where nothing is known."""

    name: str
    kind: str
    values: Sequence[float | None]


def bars(title: str, times: Sequence[datetime], *series: Series, unit: str = "") -> Html:
    """One bar for each step, made of the series."""
    totals = [sum(each.values[place] or 0 for each in series) for place in range(len(times))]
    top = _round(max(totals, default=0))
    step = WIDE / max(len(times), 1)
    drawn: list[Html] = []
    for place, at in enumerate(times):
        foot = float(HIGH)
        pieces: list[Html] = []
        for each in series:
            high = (each.values[place] or 0) / top * HIGH
            if high:
                foot -= high
                x, width = place * step + step * 0.1, step * 0.8
                said = {"x": f"{x:.1f}", "y": f"{foot:.1f}", "width": f"{width:.1f}", "height": f"{high:.1f}"}
                pieces.append(tag("rect", class_=each.kind, **said))
        if pieces:
            told = ", ".join(f"{each.name} {each.values[place] or 0:g}" for each in series)
            drawn.append(tag("g", tag("title", f"{at:%H:%M} UTC: {told}"), *pieces))
    sums = {each.name: sum(value or 0 for value in each.values) for each in series}
    return _figure(title, times, series, drawn, top, unit, {name: f"{total:,.0f}" for name, total in sums.items()})


def lines(title: str, times: Sequence[datetime], *series: Series, unit: str = "") -> Html:
    """A line for each series, with gaps where nothing is known."""
    top = _round(max((value for each in series for value in each.values if value is not None), default=0))
    step = WIDE / max(len(times), 1)
    drawn: list[Html] = []
    for each in series:
        path, pen = "", "M"
        for place, value in enumerate(each.values):
            if value is None:
                pen = "M"
                continue
            x, y = (place + 0.5) * step, HIGH - value / top * HIGH
            path += f"{pen}{x:.1f} {y:.1f}"
            pen = "L"
            drawn.append(tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2", class_=each.kind))
        if path:
            drawn.append(tag("path", d=path, class_=f"line {each.kind}"))
    known = {each.name: [value for value in each.values if value is not None] for each in series}
    said = {name: f"up to {max(values):,.0f}{unit}" if values else "none" for name, values in known.items()}
    return _figure(title, times, series, drawn, top, unit, said)


def _figure(
    title: str,
    times: Sequence[datetime],
    series: Sequence[Series],
    drawn: list[Html],
    top: float,
    unit: str,
    said: dict[str, str],
) -> Html:
    grid = [tag("path", d=f"M0 {HIGH * part:.1f}H{WIDE}", class_="grid") for part in (0, 0.5, 1)]
    told = "; ".join(f"{name}: {value}" for name, value in said.items())
    picture = tag(
        "svg",
        *grid,
        *drawn,
        viewBox=f"0 -2 {WIDE} {HIGH + 4}",
        role="img",
        aria_label=f"{title}. {told}",
        preserveAspectRatio="none",
    )
    keys = [
        tag("li", tag("span", class_=f"dot {each.kind}"), f"{each.name} ", tag("b", said[each.name])) for each in series
    ]
    ends = of(moment(times[0]), moment(times[-1])) if times else None
    return tag(
        "figure",
        tag("figcaption", title),
        tag("ul", *keys, class_="legend"),
        tag("div", tag("span", f"{top:,g}{unit}", class_="top"), picture, class_="plot"),
        tag("div", ends, class_="axis"),
        class_="chart card",
    )


def _round(value: float) -> float:
    """A round number that is not below."""
    if value <= 4:
        return 4
    power = 10.0 ** int(log10(value))
    return ceil(value / power * 2) / 2 * power
