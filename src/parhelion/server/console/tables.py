"""Rows of facts: side by side at a desk, below one another on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..html import Html, tag

NUMBERS = ("Latency", "Attempts")  # stand at the right, digit below digit


def table(heads: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Html:
    """A row for each, with a cell for each head; where there is no room for heads, each cell says its own."""
    above = [tag("th", head, scope="col", class_=_kind(head)) for head in heads]
    drawn = [
        tag("tr", *(tag("td", cell, class_=_kind(head), data_head=head) for head, cell in zip(heads, row, strict=True)))
        for row in rows
    ]
    made = tag("table", tag("thead", tag("tr", *above)), tag("tbody", *drawn))
    return tag("div", made, class_="scroll card")


def _kind(head: str) -> str | None:
    return "number" if head in NUMBERS else None
