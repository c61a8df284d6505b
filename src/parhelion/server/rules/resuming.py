"""Where a subscriber goes on: the id that each frame of a stream has, opaque to whoever keeps it.

    POSITION.SECONDS    all up to POSITION is known, and what comes after it was not yet to be had at SECONDS

So an id is good for as long as nothing after SECONDS has been thrown away. A position that no event has had is not
refused: positions are given once, and the last events may be gone with their app.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ...wire import BadRequest, EventsExpired
from .events import KEPT

LATE = 60  # seconds an event may need from when it was made to when it can be read
AHEAD = 24 * 60 * 60  # seconds a clock may have been wrong when it gave an id
_TOKEN = re.compile(r"(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,11})")


class Mark(NamedTuple):
    """A place in all that is told."""

    position: int
    seconds: int  # since 1970

    def token(self) -> bytes:
        return b"%d.%d" % self


def mark_of(token: str, now: float) -> Mark:
    """The place that an id names. `BadRequest` for what was never one, `EventsExpired` for one that is too old."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise BadRequest("Last-Event-ID: should be the id of an event that was received")
    mark = Mark(int(match[1]), int(match[2]))
    if mark.seconds > now + AHEAD:
        raise BadRequest("Last-Event-ID: is from the future")
    if not lasts(mark, now):
        raise EventsExpired
    return mark


def lasts(mark: Mark, now: float) -> bool:
    """Whether all that comes after the mark is still kept."""
    return mark.seconds >= now - KEPT + LATE
