"""What is done when there is more to do than can be done: the rest is told at once to come again, with 503.

    connections      10,000    one more is answered 503 at its first request; a thousand more, and they are hung up on
    requests            512    that read and 512 that do not, whose turn it is: one more is answered 503 at its head,
                               before its credentials and its body are looked at
    bodies           256 MB    on their way in: one that has no room is answered 503 before it is read
    writes            4,096    that wait for a commit: see databases/sqlite

A request has its *turn* from its head until its answer begins, but not while the server waits for the client to send
the rest of a body. So turns are what the server owes: a client that is slow to send or to read takes nobody's, and
neither does a stream. Each kind has its own, so that many who write do not keep out who reads.

Why 512? A machine that does a thousand posts a second has worked off the last of them after half a second, which is
half of what `Retry-After` keeps away who is refused, and they are one group of writes. With twice as many it did no
more posts a second, and each took twice as long; with half as many it did no fewer, but whoever sends a few hundred
requests at once would be refused what can be done at once.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from ...wire import Errors, ServiceUnavailable
from ...wire.writing import write as to_json
from ..ports import UNWATCHED, Overloaded, Watch
from ..seldom import Seldom

log = logging.getLogger("parhelion.http")
CONNECTIONS = 10_000  # about 11 kB each
SURPLUS = 1_000  # connections beyond those, which are answered no and hung up on
TURNS = 512
BODIES = 256 * 1024 * 1024  # bytes
UPLOAD = 2 * 1024 * 1024  # bytes that a file holds on its way in, whatever its size, beside what media holds of it
AGAIN = 1  # seconds after which it is worth asking again
REFUSED = "more to do than can be done, so refused"
TOO_MUCH = "The server has too much to do: try again in a second"
BUSY = to_json(Errors(errors=ServiceUnavailable(TOO_MUCH).errors))


class Refusals(Seldom):
    """What is refused for want of room: told of once in a while, and each to who watches."""

    def __init__(self, watch: Watch = UNWATCHED) -> None:
        super().__init__(log, REFUSED)
        self._watch = watch

    def count(self, why: str) -> None:
        self._watch.refused(why)
        super().count(why)


class Gate:
    """Counts the turns of a server's requests. `connections`: how many of those it may have.

    `leaving`: it is about to stop, so each answer is the last of its connection.
    """

    def __init__(self, connections: int = CONNECTIONS, turns: int = TURNS, watch: Watch = UNWATCHED) -> None:
        self.connections, self.leaving = connections, False
        self.tally = Refusals(watch)
        self._turns = turns
        self._taken = [0, 0]  # by who writes, by who reads

    def is_full(self, *, reads: bool) -> bool:
        """Whether all turns are taken."""
        return self._taken[reads] >= self._turns

    def begin(self, *, reads: bool) -> None:
        self._taken[reads] += 1

    def end(self, *, reads: bool) -> None:
        self._taken[reads] -= 1


class Room:
    """Bytes that bodies may hold on their way in. An app gets only as much as it leaves free for others."""

    def __init__(self, most: int = BODIES) -> None:
        self._free = most
        self._of: Counter[str] = Counter()

    @contextmanager
    def taken(self, whose: str, size: int) -> Generator[None]:
        """So much of it while a body comes in, or `Overloaded`. `whose`: the app that sends it; "" for all without."""
        if self._of[whose] + size > self._free - size:
            raise Overloaded("too many bodies on their way in")
        self._of[whose] += size
        self._free -= size
        try:
            yield
        finally:
            self._free += size
            self._of[whose] -= size
            if not self._of[whose]:
                del self._of[whose]
