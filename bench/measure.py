"""What the measurements share: rows, a round at a time, and a folder on a real disk while it lasts."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import machine
from .row import Aside, Row


class Measure:
    """One or more rows that are measured together. `method` and `asides` belong to the rows, one by one."""

    about = "server"  # or "client"
    rows: tuple[Row, ...]
    method: tuple[str, ...]
    asides: tuple[tuple[Aside, ...], ...]

    def prepare(self) -> None:
        """What is to be done once, before the rounds."""

    def round(self, quick: bool, number: int) -> None:
        """A sample for every row."""
        raise NotImplementedError


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for data. Not under /tmp unless told: where that is memory, nothing would be durable."""
    above = Path(os.environ.get("BENCH_DATA", machine.CACHE))
    above.mkdir(parents=True, exist_ok=True)
    if above == machine.CACHE:
        (above / ".gitignore").write_text("*\n")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=above, ignore_cleanup_errors=True) as place:
        yield Path(place)
