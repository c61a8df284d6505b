"""Letting connections in, several at a time; and beside others, who has fewer comes first.

uvloop lets in one in each round of its loop (libuv 1.45 and later, libuv/libuv#3696). A round of a server that has much
to do takes as long as all that is to do, so whoever came new would wait for a round for each who came before.

Where several processes listen at one address, the kernel wakes all of them, and whoever is awake first may take all
that have come, and keeps them as long as the clients do. So each says, in memory that all share, how many it has: who
has more than another waits a moment before it takes one.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import mmap
import socket
import struct
import sys
from collections.abc import Callable, Set as AbstractSet
from contextlib import suppress

from ..ports import SHORT
from ..seldom import Seldom

log = logging.getLogger("parhelion.http")
BACKLOG = 2048  # connections that wait in the kernel to be let in
SEVERAL = 256  # let in before others have their turn
PAUSE = 1.0  # seconds, when the system has no more files or memory for connections
MOMENT = 0.005  # seconds in which one who has fewer may take it
UNTAKEN = 64  # let in at most after such a moment
NOBODY = 2**32 - 1
UNDER_WAY = 0.05  # seconds that a connection takes to be made, once it was begun


class Accepting:
    """A listening socket at work, until it is closed. In the eyes of uvicorn it is a server of the loop."""

    def __init__(self, listening: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening, self._protocol = listening, protocol
        self._coming: dict[asyncio.BaseProtocol, asyncio.Task[object]] = {}
        self._paused: asyncio.TimerHandle | None = None
        self._kept_out = Seldom(log, "no connection can be let in for a second")
        listening.setblocking(False)
        _welcome(listening)  # who had the socket before may have let nobody in
        listening.listen(BACKLOG)
        self._go_on()

    def close(self) -> None:
        """Let nobody in any more. May be called again."""
        if self._listening.fileno() >= 0:
            self._loop.remove_reader(self._listening)
        if self._paused is not None:
            self._paused.cancel()

    async def wait_closed(self) -> None:
        """Until who was just coming in has come."""
        await asyncio.gather(*self._coming.values(), return_exceptions=True)

    async def end(self) -> None:
        """Let in who has come already, and then nobody: who comes later is refused, so nothing has happened there."""
        if self._is_last() and _welcome_no_more(self._listening):
            await asyncio.sleep(UNDER_WAY)
        self.close()
        while self._take():
            pass
        self._listening.close()  # at once: the kernel would go on welcoming those whom nobody answers any more
        if self._paused is not None:
            self._paused.cancel()
        await self.wait_closed()

    def _is_last(self) -> bool:
        """Whether nobody else lets anybody in here."""
        return True

    def _go_on(self) -> None:
        self._loop.add_reader(self._listening, self._let_in)

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listening)
        self._paused = self._loop.call_later(seconds, then)

    def _let_in(self) -> None:
        for _ in range(SEVERAL):
            if not self._take():
                return

    def _take(self) -> bool:
        """One. False: there is none, or no room for one."""
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as trouble:
            if trouble.errno not in SHORT:  # who came has gone again
                return True
            self._kept_out.count(str(trouble))
            self._pause(PAUSE, self._go_on)
            return False
        connection.setblocking(False)
        protocol = self._protocol()
        task = self._loop.create_task(self._loop.connect_accepted_socket(lambda: protocol, connection))
        self._coming[protocol] = task
        task.add_done_callback(lambda _: self._coming.pop(protocol))
        return True


# What the kernel asks of a packet to a listening socket: is it the first of a connection (the flag SYN)?
_LOAD_FLAGS, _IS_SYN, _DROP, _KEEP = (0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 2**32 - 1)
_NO_SYN = b"".join(struct.pack("HBBI", *each) for each in (_LOAD_FLAGS, _IS_SYN, _DROP, _KEEP))
_ATTACH_FILTER, _DETACH_FILTER = 26, 27  # of Linux; the module socket has no names for them


def _welcome_no_more(listening: socket.socket) -> bool:
    """Have no new connections made. False where that cannot be said."""
    if sys.platform != "linux":
        return False
    code = ctypes.create_string_buffer(_NO_SYN, len(_NO_SYN))
    program = struct.pack("HP", len(_NO_SYN) // struct.calcsize("HBBI"), ctypes.addressof(code))
    try:
        listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)
    except OSError as trouble:
        log.debug("connections are made until the socket is closed: %s", trouble)
        return False
    return True


def _welcome(listening: socket.socket) -> None:
    if sys.platform == "linux":
        with suppress(OSError):  # there was no filter
            listening.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)


class Counts:
    """How many connections each of several processes has. Made before they are forked."""

    def __init__(self, several: int) -> None:
        self._several = memoryview(mmap.mmap(-1, 4 * several)).cast("I")
        for place in range(several):
            self.leave(place)

    def tell(self, place: int, connections: int) -> None:
        """Of the process at that place, 0 and up."""
        self._several[place] = min(connections, NOBODY - 1)

    def leave(self, place: int) -> None:
        """It takes none any more."""
        self._several[place] = NOBODY

    def least(self) -> int:
        """Of whoever has the fewest."""
        return min(self._several)


class Sharing(Accepting):
    """The same, where other processes listen at the same socket."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        counts: Counts,
        place: int,
        connections: AbstractSet[asyncio.BaseProtocol],
    ) -> None:
        """`place`: ours among the counts. `connections`: those that there are here, to be told ever again by `tell`."""
        self._counts, self._place, self._connections = counts, place, connections
        self._untaken = 1  # by others, perhaps
        self._leaves = False
        super().__init__(listening, protocol)
        self.tell()

    def tell(self) -> int:
        """Say to others how many there are here, and to who asks."""
        several = len(self._connections) + len(self._coming.keys() - self._connections)
        if not self._leaves:
            self._counts.tell(self._place, several)
        return several

    def close(self) -> None:
        self._leave()
        super().close()

    def _leave(self) -> None:
        self._leaves = True
        self._counts.leave(self._place)

    def _is_last(self) -> bool:
        self._leave()
        return self._counts.least() == NOBODY

    def _let_in(self) -> None:
        if self.tell() > self._counts.least():
            self._pause(MOMENT, self._after_a_moment)
        else:
            self._take()  # one: others may come in between

    def _after_a_moment(self) -> None:
        """What nobody has taken meanwhile: one, and more each time, or one who hangs would slow all down."""
        taken = 0
        self._go_on()
        while taken < self._untaken and self._take():
            taken += 1
        self._untaken = min(2 * taken, UNTAKEN) if taken == self._untaken else 1
