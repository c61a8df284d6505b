"""parhelion serve --workers N: a parent that answers nothing, and N workers that answer at its one address.

    parent    the first worker, alone: what keeps it from starting keeps all  ->  the others  ->  all answer: ready
                one ends              another in its place; after a pause that grows, if it did not live long
                SIGTERM, SIGINT       passed on; the parent ends after the last worker
    worker    has a line to the parent: says there that it answers, and ends where the line ends

- The address is bound once, by the parent, and inherited: who waits to be accepted waits for all workers, so one that
  dies takes nothing along but what it was at. An address that is taken is told as ever.
- Workers are forked: the parent has no thread, no loop and no database, so nothing is shared but the address, what was
  imported, and how many connections each has.
- Whoever kills the parent ends the lines, and so the workers, in order.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import NamedTuple

from ..server.http.accepting import Counts
from ..server.ports import unavailable

WELL = 2.0  # seconds of answering after which a worker has lived long
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds, by how many in a row have not
NOBODY = 60.0  # seconds without anybody who answers, after which the parent gives up
PATIENCE = 20.0  # seconds in which workers have to end, beside those that clients have: for webhooks and the store
FAILED, INTERRUPTED = 1, 130
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Inherited(NamedTuple):
    """What a worker has of its parent."""

    listening: socket.socket
    line: socket.socket  # it ends with the parent
    counts: Counts
    place: int


Work = Callable[[Inherited], int]  # what a worker does; answers its exit status


@dataclass
class _Place:
    """Of a worker, and of the next one."""

    number: int
    due: float = inf  # when to start one
    pid: int = 0  # 0: there is none
    line: socket.socket | None = None
    since: float = inf  # when it began to answer
    failures: int = 0  # in a row


class Workers:
    """Keeps so many of them running."""

    def __init__(
        self,
        several: int,
        listening: socket.socket,
        work: Work,
        ready: Callable[[bytes], None],
        leaving: float = 0.0,
        *,
        lost: Callable[[int], None] = lambda _: None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`ready`: called once, when all answer, with what the last of them said. `listening` is closed by `run`.

        `leaving`: seconds that clients are given when it stops. `lost`: called when a worker has ended, with its place.
        `say`: tells what happens to them; otherwise it is a line on stderr.
        """
        self._places = [_Place(number) for number in range(several)]
        self._counts = Counts(several)
        self._lost, self._say = lost, say or _say
        self._listening, self._work, self._ready = listening, work, ready
        self._patience = PATIENCE + leaving
        self._complete = False  # once all have answered
        self._deserted: float | None = None  # since when nobody answers, where somebody did
        self._end: float | None = None  # when it is stopping: when who is still there is killed
        self._status = 0

    def run(self) -> int:
        """Until a signal says to stop, or nobody can be started. Answers the exit status."""
        self._places[0].due = 0.0
        with _signals() as heard:
            while True:
                now = time.monotonic()
                if self._end is None:
                    self._look(now)
                elif now >= self._end:
                    self._kill()
                lines = self._lines()
                if self._end is not None and not lines:
                    return self._status
                said, _, _ = select.select([heard, *lines], [], [], self._seconds(now))
                for each in said:
                    if each is heard:
                        for number in heard.recv(64):
                            self._stop(number)
                    else:
                        self._hear(lines[each])

    def _lines(self) -> dict[socket.socket, _Place]:
        return {place.line: place for place in self._places if place.line is not None}

    def _seconds(self, now: float) -> float | None:
        """Until there is something to do without a word from anybody."""
        given_up = inf if self._deserted is None else self._deserted + NOBODY
        at = min(given_up, *(place.due for place in self._places)) if self._end is None else self._end
        return None if at == inf else max(0.0, at - now)

    # -- starting and losing one --------------------------------------------------------------------------------------

    def _look(self, now: float) -> None:
        if self._deserted is not None and now >= self._deserted + NOBODY:
            self._say(f"no worker could be started for {NOBODY:.0f} seconds: giving up")
            self._fail(FAILED)
            return
        for place in self._places:
            if place.due <= now and self._end is None:
                place.due = inf
                try:
                    self._start(place)
                except OSError as trouble:
                    self._lose(place, f"could not be started: {trouble}", FAILED, has_said_why=False)

    def _start(self, place: _Place) -> None:
        ours, theirs = socket.socketpair()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # until it is clear who hears them
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            pid = os.fork()
            if not pid:
                for line in (ours, *self._lines()):
                    line.close()
                _be(partial(self._work, Inherited(self._listening, theirs, self._counts, place.number)), blocked)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        place.pid, place.line = pid, ours

    def _hear(self, place: _Place) -> None:
        assert place.line is not None  # noqa: S101 - it was heard on it
        said = place.line.recv(64)
        if said:
            self._answers(place, said)
            return
        place.line.close()
        place.line = None
        code = os.waitstatus_to_exitcode(os.waitpid(place.pid, 0)[1])
        how = f"ended with status {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
        self._lose(place, f"(pid {place.pid}) {how}", code, has_said_why=code > 0)

    def _answers(self, place: _Place, said: bytes) -> None:
        place.since, self._deserted = time.monotonic(), None
        if self._complete or self._end is not None:
            return
        if all(each.since < inf for each in self._places):
            self._complete = True
            self._ready(said)
        elif place is self._places[0]:
            for other in self._places[1:]:
                other.due = 0.0

    def _lose(self, place: _Place, how: str, code: int, *, has_said_why: bool) -> None:
        now = time.monotonic()
        answered, lived = place.since < inf, now - place.since
        place.since, place.pid = inf, 0
        self._counts.leave(place.number)
        self._lost(place.number)
        if self._end is not None:
            if code and answered:  # one that was still starting had nothing to lose
                self._status = self._status or FAILED
            return
        if not self._complete:
            if not has_said_why:
                self._say(f"worker {place.number + 1} {how}")
            self._fail(max(code, FAILED))
            return
        place.failures = 0 if lived >= WELL else place.failures + 1
        pause = PAUSES[min(place.failures, len(PAUSES) - 1)]
        place.due = now + pause
        if self._deserted is None and all(each.since == inf for each in self._places):
            self._deserted = now
        self._say(f"worker {place.number + 1} {how}; another starts {f'in {pause:g} s' if pause else 'at once'}")

    # -- the end ------------------------------------------------------------------------------------------------------

    def _fail(self, status: int) -> None:
        self._status = status
        self._stop(signal.SIGTERM)

    def _stop(self, number: int) -> None:
        """Nothing is begun any more. A second Ctrl-C waits for nothing, as it does where there is one process."""
        if self._end is None:
            self._end = time.monotonic() + self._patience
            self._listening.close()  # a worker that stops accepting is the last to hold it, sooner or later
            number = signal.SIGTERM  # one Ctrl-C is heard by the workers as well as here: that is not a second one
        for place in self._lines().values():
            os.kill(place.pid, number)

    def _kill(self) -> None:
        for place in self._lines().values():
            self._say(f"worker {place.number + 1} (pid {place.pid}) does not end: it is killed")
            os.kill(place.pid, signal.SIGKILL)
        self._end = inf


def _be(work: Callable[[], int], mask: Iterable[int]) -> None:
    """A worker, to the end of this process."""
    status = FAILED
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = work()
    except (OSError, ValueError) as error:
        _say(str(unavailable(str(error), getattr(error, "errno", None))))
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BaseException:  # noqa: BLE001 - nothing of it may reach what the parent was at
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):  # nobody reads what is said any more
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


@contextmanager
def _signals() -> Generator[socket.socket]:
    """Where signals to stop are heard: each is a byte, its number."""
    heard, said = socket.socketpair()
    with heard, said:
        said.setblocking(False)
        before = [signal.signal(each, _noticed) for each in STOPPING]
        last = signal.set_wakeup_fd(said.fileno(), warn_on_full_buffer=False)
        try:
            yield heard
        finally:
            signal.set_wakeup_fd(last)
            for each, handler in zip(STOPPING, before, strict=True):
                signal.signal(each, handler)


def _noticed(_: int, __: object) -> None:
    """The byte says it all."""


def _say(words: str) -> None:
    with suppress(OSError):  # nobody reads it any more
        print(f"parhelion: {words}", file=sys.stderr, flush=True)
