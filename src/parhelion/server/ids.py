"""Ids: 24 hex digits whose order is time order, and which look like the ids the hosted service hands out.

    |  seconds  | 1/65536 s |        who        |
       8 digits    4 digits       12 digits         the first 12 are the tick: strictly rising within a process

A tick is never given twice: when the clock stands still or goes back, the next tick is borrowed from the future, so
65,536 ids a second can be kept up for ever and any burst is paid back by the first quiet moment.

An attachment's id is a ULID of 26 characters instead: its 80 random bits are what keeps a public address from being
guessed.
"""

from __future__ import annotations

import re
import secrets

from .ports import Clock

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Ids:
    """Gives ids. One for each process, since a tick is unique within it."""

    def __init__(self, clock: Clock, who: int | None = None) -> None:
        self._clock = clock
        self._who = f"{secrets.randbits(48) if who is None else who:012x}"
        self._last = 0

    def next(self) -> str:
        """The next id, greater than every one before."""
        tick = int(self._clock() * 65536)
        self._last = tick = max(tick, self._last + 1)
        return f"{tick:012x}{self._who}"

    def after(self, seen: str) -> None:
        """Every later id is greater than `seen`, which was made by a node whose clock runs ahead of ours."""
        self._last = max(self._last, int(seen[:12], 16))

    def unguessable(self) -> str:
        """A ULID: 48 bits of milliseconds and 80 random ones."""
        number = (int(self._clock() * 1000) << 80) | secrets.randbits(80)
        return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))
