"""What a whole run leaves in docs/: benchmarks.md, with the table and how each figure came about, and its picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import machine
from .measure import Measure
from .picture import picture
from .row import MISSED, Row

PLACE = machine.ROOT / "docs"
SECTIONS = {"client": "The client", "server": "The server"}
HEAD = "| | what | against | measured | target | stretch | verdict |\n|---|---|---|---|---|---|---|"
BEGINNING = """\
# Benchmarks

What Parhelion costs, measured by `make bench` against a yardstick in the same run: the standard library, the
discontinued official client, the disk, a bare server. Read the ratios. Absolute figures belong to one machine and one
hour, and stand beneath the tables for whoever wonders. CPU is of whole processes, system calls included.
"""
ENDING = """\
## Run it yourself

`make bench` measures all of it and writes this page anew. `make bench QUICK=1` sees in two minutes that it works, and
`make bench ONLY=calls,imports` takes some of the measurements; both leave the page as it is.
"""
ALT = "Figures that have a target, as bars that end before its line where it is met. The tables say the same."


def missing(measures: dict[str, Measure], everything: Sequence[str], *, quick: bool) -> str:
    """Why this run is not written down; "" when it is complete."""
    if quick:
        return "QUICK=1 says that it works, not how well"
    left = [name for name in everything if name not in measures]
    if left:
        return f"{', '.join(left)} {'was' if len(left) == 1 else 'were'} not asked for"
    for name, measure in measures.items():
        for row in measure.rows:
            if not row.samples:
                return f"{name} has no figure for {row.what!r}: {row.missing or 'no sample'}"
    return ""


def write(measures: Sequence[Measure], how: str, place: Path = PLACE) -> None:
    """The page and its picture. `how` are lines about the machine and the run."""
    (place / "benchmarks.svg").write_text(picture(sections(measures)), encoding="utf-8")
    (place / "benchmarks.md").write_text(page(measures, how), encoding="utf-8")


def sections(measures: Sequence[Measure]) -> list[tuple[str, list[Row]]]:
    """The rows, by whom they are about."""
    return [
        (name, [row for measure in measures if measure.about == about for row in measure.rows])
        for about, name in SECTIONS.items()
    ]


def page(measures: Sequence[Measure], how: str) -> str:
    """The page."""
    parts = [BEGINNING, f"![{ALT}](benchmarks.svg)\n", f"{how}\n"]
    number, missed = 0, list[str]()
    for about, name in SECTIONS.items():
        of_it = [measure for measure in measures if measure.about == about]
        lines, beneath = table(of_it, number), methods(of_it, number)
        rows = [row for measure in of_it for row in measure.rows]
        missed += [
            f"- {each}, {row.what}: {row.why}" for each, row in enumerate(rows, number + 1) if row.verdict() == MISSED
        ]
        number += len(lines)
        parts.append("\n".join([f"## {name}\n", HEAD, *lines, "", *beneath, ""]))
    if missed:
        parts.append("\n".join(["## Missed, and why\n", *missed, ""]))
    return "\n".join([*parts, ENDING])


def table(measures: Sequence[Measure], before: int = 0) -> list[str]:
    """A line for each row, numbered on from there."""
    rows = [row for measure in measures for row in measure.rows]
    return [f"| {number} {row.markdown()}" for number, row in enumerate(rows, before + 1)]


def methods(measures: Sequence[Measure], before: int = 0) -> list[str]:
    """How each row is measured, and what was seen."""
    lines: list[str] = []
    for measure in measures:
        for method, asides in zip(measure.method, measure.asides, strict=True):
            seen = "; ".join(str(aside) for aside in asides if aside.samples)
            lines.append(f"{before + len(lines) + 1}. {method}{f' Seen: {seen}.' if seen else ''}")
    return lines
