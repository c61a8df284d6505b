"""Events as they come: one hub a process, which reads each event once, for all who listen.

    commit -> bell "told" or a second -> events after the hub's mark, page by page -> a frame, made once -> queues
                                                                                                             |
    subscribe -> joins at the hub's mark -> what lies between its id and that mark, from storage ---- then ---+-> pieces

- The hub knows one place, its mark: all before it has been handed out, all after it will be. Who joins is on the list
  before storage is read for them, and reads it up to the mark at which they joined: no gap, nothing twice, in order.
- A queue is bounded. Who reads too slowly is ended, and goes on from the id of their last frame; nobody else waits.
  Who is still reading from storage is not ended: what their queue could not hold is in storage too.
- A quiet stream has a heartbeat: an id, without an event. It is never of an event that was not handed out.
- An event that cannot be told is passed over, and logged once: it holds up nobody.
- An app has a bounded number of streams. One counts from when it is asked for until its last piece is taken.
- While nobody listens, nothing is read.
- The bell is heard whoever rings it: what another process has committed is told as soon as what this one has.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from itertools import chain

from ...wire import TooManyRequests
from .. import rows
from ..ports import TOLD, UNWATCHED, Clock, Database, Row, Wanted, Watch
from ..rules.events import as_told
from ..rules.resuming import Mark, lasts, mark_of

log = logging.getLogger("parhelion.stream")
POLL = 1.0  # seconds
HEARTBEAT = 15.0  # seconds
SEVERAL = 32  # events at a time: what others wait while they are handed out
MOST, MOST_BYTES = 1000, 4 * 1024 * 1024  # of a queue
STREAMS = 1000  # of an app, open at a time
FULL = 10  # seconds after which it is worth asking again
PIECE = 64 * 1024  # bytes, and the rest of a frame
RETRY = 1000  # milliseconds after which a browser comes back
TOO_SLOW = b": too slow\n\n"
EXPIRED = b": too far behind\n\n"


class Stream:
    """The hub. `run` for ever; who `subscribe`s hears what was read since."""

    def __init__(self, database: Database, clock: Clock, pulse: Clock | None = None, watch: Watch = UNWATCHED) -> None:
        """`pulse`: what heartbeats go by, when that is not the clock: they are for a connection, which knows no other
        time than the real one.
        """
        self.database, self.clock, self.pulse, self._watch = database, clock, pulse or clock, watch
        self._apps: dict[str, set[Subscriber]] = {}  # who is handed what comes
        self._open: dict[str, set[Subscriber]] = {}  # who counts
        self._mark: Mark | None = None  # None: nobody listens
        self._over = False
        self._someone = asyncio.Event()
        self._looked = float("-inf")  # when it was last looked for who needs a heartbeat
        self._untold: deque[int] = deque(maxlen=MOST)  # the last events that could not be told

    async def run(self) -> None:
        while True:
            if self._mark is None:
                self._someone.clear()
                await self._someone.wait()
            try:
                await self._read()
            except Exception:
                log.exception("events could not be read")
            self._beat()
            await self.database.bell(TOLD, POLL, everywhere=True)

    def subscribe(self, app: str, wanted: Wanted) -> Subscriber:
        """Who asks has to iterate it, or to end it: until then it counts."""
        after = None if wanted.after is None else mark_of(wanted.after, self.clock())
        if len(self._open.get(app, ())) >= STREAMS:
            title = f"This app has {STREAMS} streams open, and may not have more"
            raise TooManyRequests(title, headers={"retry-after": str(FULL)})
        subscriber = Subscriber(self, app, wanted, after)
        self._open.setdefault(app, set()).add(subscriber)
        self._watch.listening(1)
        if self._over:
            subscriber.end()
        return subscriber

    async def join(self, subscriber: Subscriber) -> Mark:
        """From now on it is handed all that comes after the mark that is answered."""
        if self._mark is None:
            now = int(self.clock())
            newest = await rows.events.newest(self.database)
            self._mark = self._mark or Mark(newest, now)  # somebody else may have been faster
        self._apps.setdefault(subscriber.app, set()).add(subscriber)
        self._someone.set()
        return self._mark

    def leave(self, subscriber: Subscriber) -> None:
        _discard(self._apps, subscriber)
        if not self._apps:
            self._mark = None

    def end(self) -> None:
        """All streams end without a word, those too that begin from now on."""
        self._over = True
        for subscriber in [*chain.from_iterable(self._open.values())]:
            subscriber.end()

    def close(self, subscriber: Subscriber) -> None:
        """It counts no longer."""
        if subscriber in self._open.get(subscriber.app, ()):
            self._watch.listening(-1)
        _discard(self._open, subscriber)

    def mark(self) -> Mark:
        """Up to where all was handed out."""
        assert self._mark is not None, "somebody listens"  # noqa: S101 - or this would not be asked
        return self._mark

    def frame(self, row: Row, full_user: bool, full_source: bool) -> bytes:
        """An event, as whoever asked for so much of it gets it; nothing, where that cannot be made."""
        try:
            return _frame(row, full_user, full_source)
        except Exception:
            if row[0] not in self._untold:
                self._untold.append(row[0])
                log.exception("event %s cannot be told", row[0])
            return b""

    async def _read(self) -> None:
        while (before := self._mark) is not None:
            now = int(self.clock())
            page = await rows.events.after(self.database, before.position, SEVERAL)
            if self._mark is not before:  # all have left while it was read, and perhaps somebody new has come
                continue
            # From here to the end nothing is awaited: who joins does so before all of this page, or after it.
            for row in page:
                self._hand_out(row)
            if self._mark is not before:
                continue
            last = page[-1] if page else None
            if len(page) < SEVERAL:
                self._mark = Mark(before.position if last is None else last[0], now)
                return
            self._mark = _mark_at(page[-1])
            await asyncio.sleep(0)

    def _hand_out(self, row: Row) -> None:
        _, app, conversation, type, _, _ = row
        mark = _mark_at(row)
        frames: dict[tuple[bool, bool], bytes] = {}
        for subscriber in tuple(self._apps.get(app, ())):
            if subscriber.hears(conversation, type):
                kind = subscriber.wanted.full_user, subscriber.wanted.full_source
                if (frame := frames.get(kind)) is None:
                    frame = frames[kind] = self.frame(row, *kind)
                if frame:
                    subscriber.take(mark, frame)

    def _beat(self) -> None:
        now = self.pulse()
        if self._looked <= now < self._looked + POLL:
            return
        self._looked = now
        for subscriber in chain.from_iterable(self._apps.values()):
            subscriber.beat(now)


class Subscriber:
    """One who listens. Iterated once; on the hub's list from its first frame until it is ended."""

    def __init__(self, hub: Stream, app: str, wanted: Wanted, after: Mark | None) -> None:
        self.app, self.wanted = app, wanted
        self._hub, self._mark, self._after = hub, Mark(0, 0), after
        self._waiting: deque[tuple[Mark, bytes]] = deque()
        self._size = 0
        self._behind = False  # what comes is not queued: it is to be read from storage
        self._begun = False  # then it counts until it is over, and not only until it is ended
        self._reading = True  # from storage
        self._ended: bytes | None = None  # the last words
        self._woken = asyncio.Event()
        self._due = False  # a heartbeat
        self._beaten = hub.pulse()  # when it last had one

    def hears(self, conversation: str, type: str) -> bool:
        wanted = self.wanted
        return (wanted.conversation is None or wanted.conversation == conversation) and (
            wanted.triggers is None or type in wanted.triggers
        )

    def take(self, mark: Mark, frame: bytes) -> None:
        """The next frame. What is too much is dropped: it can be read from storage."""
        if self._behind or self._ended is not None:
            return
        if self._waiting and (len(self._waiting) >= MOST or self._size + len(frame) > MOST_BYTES):
            self._drop()
            if self._reading:
                self._behind = True
            else:
                self.end(TOO_SLOW)
            return
        self._waiting.append((mark, frame))
        self._size += len(frame)
        self._woken.set()

    def beat(self, now: float) -> None:
        """A heartbeat, if it is time for one. It is when the clock was set back, too."""
        if not self._beaten <= now < self._beaten + HEARTBEAT:
            self._beaten, self._due = now, True
            self._woken.set()

    def end(self, last: bytes = b"") -> None:
        if self._ended is None:
            self._ended = last
            self._drop()
            self._hub.leave(self)
            self._woken.set()
            if not self._begun:
                self._hub.close(self)

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        self._begun = True
        try:
            joined = await self._hub.join(self)
            self._mark = await self._from(joined)
            if self._ended is None:
                yield b"retry: %d\nid: %b\n\n" % (RETRY, self._mark.token())
            async for piece in self._past(joined):
                yield piece
            while self._ended is None:
                if self._waiting:
                    yield self._piece()
                elif self._due:
                    self._due = False
                    yield _heartbeat(max(self._hub.mark(), self._mark, key=lambda mark: mark.position))
                else:
                    self._woken.clear()
                    await self._woken.wait()
            if self._ended:
                yield self._ended
        finally:
            self.end()
            self._hub.leave(self)  # also when it had ended before it joined
            self._hub.close(self)

    async def _from(self, joined: Mark) -> Mark:
        if self._after is None:
            return joined
        if self._after.position <= joined.position:
            return self._after
        # Another process is ahead of this one; or what it was ahead by is gone, and then nothing lies between.
        newest = await rows.events.newest(self._hub.database)
        return Mark(min(self._after.position, max(newest, joined.position)), self._after.seconds)

    async def _past(self, to: Mark) -> AsyncGenerator[bytes]:
        """What storage has, up to a mark; and up to a later one when too much came meanwhile."""
        hub = self._hub
        while self._ended is None:
            if self._mark.position >= to.position:
                if not self._behind:
                    break
                self._behind, to = False, hub.mark()  # what comes after it is queued again
                continue
            if not lasts(self._mark, hub.clock()):  # some of what comes next may have been thrown away
                self.end(EXPIRED)
                return
            page = await rows.events.of_app(hub.database, self.app, self._mark.position, to.position, SEVERAL)
            self._mark = _mark_at(page[-1]) if len(page) == SEVERAL else to
            kind = self.wanted.full_user, self.wanted.full_source
            piece = b"".join(hub.frame(row, *kind) for row in page if self.hears(row[2], row[3]))
            if self._due:
                self._due = False
                piece += _heartbeat(self._mark)
            if piece:
                yield piece
            await asyncio.sleep(0)
        self._reading = False

    def _piece(self) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while self._waiting and size < PIECE:
            mark, frame = self._waiting.popleft()
            size += len(frame)
            if mark.position > self._mark.position:  # otherwise another process has told it
                pieces.append(frame)
                self._mark = mark
        self._size -= size
        return b"".join(pieces)

    def _drop(self) -> None:
        self._waiting.clear()
        self._size = 0


def _discard(apps: dict[str, set[Subscriber]], subscriber: Subscriber) -> None:
    of_app = apps.get(subscriber.app, set())
    of_app.discard(subscriber)
    if not of_app:
        apps.pop(subscriber.app, None)


def _frame(row: Row, full_user: bool, full_source: bool) -> bytes:
    _, _, _, type, body, _ = row
    body = as_told(body, full_user=full_user, full_source=full_source)
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (_mark_at(row).token(), type.encode(), body)


def _mark_at(row: Row) -> Mark:
    """The place of an event. What comes after it was made no earlier."""
    return Mark(row[0], row[5] // 1000)


def _heartbeat(mark: Mark) -> bytes:
    return b": \nid: %b\n\n" % mark.token()
