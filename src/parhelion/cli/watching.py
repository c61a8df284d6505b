"""Who watches a server, by its settings: what is counted, logged and traced of a process, until it ends."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from ..server.assemble import Watching
from ..server.ports import UNWATCHED, Watch
from ..server.watch.counting import Counting
from ..server.watch.lines import Form, Lines
from ..server.watch.numbers import Numbers
from ..server.watch.together import together
from .settings import ALL, CONSOLE, ERRORS, JSON, KEY, NONE, OFF, ON, Settings

if TYPE_CHECKING:
    from ..server.watch.tracing import Tracing


def form_of(settings: Settings) -> Form:
    """How it is logged: for people where somebody sits at a terminal."""
    return cast("Form", settings.log_format or (CONSOLE if sys.stderr.isatty() else JSON))


@contextmanager
def watching(settings: Settings, numbers: Numbers, place: int, *, shown: bool) -> Generator[Watching]:
    """Of one process of a server. `place`: its place among the numbers. `shown`: whether only this machine can ask."""
    which = settings.log_requests or (ERRORS if sys.stderr.isatty() else ALL)
    who = settings.metrics or (ON if shown else KEY)
    watches: list[Watch] = []
    if who != OFF:
        watches.append(Counting(numbers, place))
    if which != NONE:
        watches.append(Lines(form_of(settings), errors=which == ERRORS))
    with tracing(settings) as traces:
        if traces is not UNWATCHED:
            watches.append(traces)
        yield Watching(together(watches), None if who == OFF else numbers, keyed=who == KEY)


@contextmanager
def tracing(settings: Settings) -> Generator[Watch]:
    """Spans, where they are wanted. They are made in the process that sends them."""
    if settings.traces != ON:
        yield UNWATCHED
        return
    from ..server.watch.tracing import Tracing  # of an extra

    traces: Tracing = Tracing()
    try:
        yield traces
    finally:
        traces.close()
