"""The rows that have a target, drawn: how much of what is allowed each of them takes. Plain SVG, light and dark.

A bar that ends before the line has met its target, and the shorter the better. Where more is better (posts a second),
what is allowed is turned round: twice the target is half of the bar. What comes of it is said by a mark and by words
too, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from statistics import median
from textwrap import wrap

from .row import Row

WIDTH, LEFT, LINE, MOST = 460, 10, 200, 1.5  # the bar begins at LEFT, the target is LINE further, the end MOST of that
WORDS = LEFT + LINE * MOST + 12
STYLE = """
:root { --d-ink: #1c2530; --d-soft: #5a6675; --d-line: #8896a8; --d-fill: #f1f4f8; --d-mark: #b45309;
  --d-good: #1f6f54; --d-plain: #fff; }
@media (prefers-color-scheme: dark) { :root { --d-ink: #e6eaf0; --d-soft: #a3aebb; --d-line: #6b7889;
  --d-fill: #1f262e; --d-mark: #f5a524; --d-good: #58c29b; --d-plain: #12171d; } }
.figure .back { fill: var(--color-background-primary, var(--d-plain)); }
.figure text { font: 14px system-ui, sans-serif; fill: var(--d-ink); }
.figure .soft { font-size: 12.5px; fill: var(--d-soft); }
.figure .head { font-weight: 600; }
.figure .track { fill: var(--d-fill); }
.figure .met { fill: var(--d-good); }
.figure .missed { fill: var(--d-mark); }
.figure .target { stroke: var(--d-ink); stroke-width: 1.5; stroke-dasharray: 3 2; }
.figure .stretch, .figure .spread { stroke: var(--d-ink); stroke-width: 1.5; fill: none; }
.figure .mark { stroke-width: 2; fill: none; }
.figure .mark.met { stroke: var(--d-good); fill: none; }
.figure .mark.missed { stroke: var(--d-mark); fill: none; }
"""
LEGEND = (
    "Shorter is better: a bar is the share of what the target allows.",
    "Broken line: the target. Full line: the stretch. Across it: all rounds.",
)
CHECK, CROSS = "l3.5 4 l6 -8.5", "m0 -5 l9 9 m0 -9 l-9 9"


def picture(sections: Iterable[tuple[str, Iterable[Row]]]) -> str:
    """The drawing: each section's name and its rows. Rows without a target, or not measured, are not drawn."""
    parts: list[str] = []
    told: list[str] = []
    y = 2
    for line in LEGEND:
        y += 18
        parts.append(f'<text class="soft" x="{LEFT}" y="{y}">{line}</text>')
    for name, rows in sections:
        drawn = [row for row in rows if row.samples and row.target is not None]
        if not drawn:
            continue
        y += 38
        parts.append(f'<text class="head" x="{LEFT}" y="{y}">{escape(name)}</text>')
        for row in drawn:
            lines = [*_lines(row)]
            for number, (kind, line) in enumerate(lines):
                y += 26 if number == 0 else 18
                parts.append(f'<text{kind} x="{LEFT}" y="{y}">{escape(line)}</text>')
            y += 8
            parts += _bar(row, y)
            y += 16
            told.append(f"{row.what}: {row.measured()}, {_asked(row)}, {_plainly(row)}.")
    height = y + 14
    about = escape(" ".join(told))
    return (
        f'<svg class="figure" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="figures-name figures-words">\n'
        f'<title id="figures-name">What is measured, against what is allowed</title>\n'
        f'<desc id="figures-words">{about}</desc>\n<style>{STYLE}</style>\n'
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _lines(row: Row) -> Iterator[tuple[str, str]]:
    yield from (("", line) for line in wrap(row.what, 58))
    said = f"{row.shown(median(row.samples))}, {_asked(row)}"
    against = f"against {row.against}" if row.against else ""
    soft = ' class="soft"'
    if against and len(said) + len(against) < 66:
        said, against = f"{said}, {against}", ""
    yield soft, said
    yield from ((soft, line) for line in wrap(against, 68))


def _asked(row: Row) -> str:
    assert row.target is not None
    stretch = "" if row.stretch is None else f" (stretch {row.shown(row.stretch)})"
    return f"{'at least' if row.least else 'at most'} {row.shown(row.target)}{stretch}"


def _bar(row: Row, y: float) -> Iterator[str]:
    met = "missed" not in row.verdict()
    kind = "met" if met else "missed"
    end, low, high = (_at(row, each) for each in (median(row.samples), min(row.samples), max(row.samples)))
    yield f'<rect class="track" x="{LEFT}" y="{y}" width="{LINE * MOST:.0f}" height="12"/>'
    yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="12"/>'
    if _share(row, median(row.samples)) > MOST:  # it would go on
        yield f'<path class="{kind}" d="M{end:.1f} {y} l7 6 l-7 6 z"/>'
    yield f'<path class="spread" d="M{min(low, high):.1f} {y + 6} H{max(low, high):.1f}"/>'
    if row.stretch is not None:
        yield f'<path class="stretch" d="M{_at(row, row.stretch):.1f} {y - 2} v16"/>'
    yield f'<path class="target" d="M{LEFT + LINE} {y - 4} v20"/>'
    marks = [CHECK, CHECK] if "stretch" in row.verdict() else [CHECK] if met else [CROSS]
    for number, mark in enumerate(marks):
        yield f'<path class="mark {kind}" d="M{WORDS + 6 * number} {y + 6} {mark}"/>'
    yield f'<text class="soft" x="{WORDS + 22}" y="{y + 11}">{_plainly(row)}</text>'


def _at(row: Row, figure: float) -> float:
    """Where a figure of this row is drawn."""
    return LEFT + LINE * min(MOST, max(0.0, _share(row, figure)))


def _share(row: Row, figure: float) -> float:
    """How much it is of what is allowed: beyond 1 the target is missed."""
    assert row.target is not None
    if row.least:
        return row.target / figure if figure > 0 else 2 * MOST
    return figure / row.target


def _plainly(row: Row) -> str:
    return row.verdict().strip("*")
