"""Letting connections in, several at a time.

uvloop lets in one in each round of its loop (libuv 1.45 and later, libuv/libuv#3696). A round of a server that has much
to do takes as long as all that is to do, so whoever came new would wait for a round for each who came before.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable

log = logging.getLogger("parhelion.http")
BACKLOG = 2048  # connections that wait in the kernel to be let in
SEVERAL = 256  # let in before others have their turn
PAUSE = 1.0  # seconds, when the system has no more files or memory for connections
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Accepting:
    """A listening socket at work, until it is closed. In the eyes of uvicorn it is a server of the loop."""

    def __init__(self, listening: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening, self._protocol = listening, protocol
        self._coming: set[asyncio.Task[object]] = set()
        self._paused: asyncio.TimerHandle | None = None
        listening.setblocking(False)
        listening.listen(BACKLOG)
        self._go_on()

    def close(self) -> None:
        """Let nobody in any more. The socket is its owner's to close."""
        self._loop.remove_reader(self._listening)
        if self._paused is not None:
            self._paused.cancel()

    async def wait_closed(self) -> None:
        """Until who was just coming in has come."""
        await asyncio.gather(*self._coming, return_exceptions=True)

    def _go_on(self) -> None:
        self._loop.add_reader(self._listening, self._let_in)

    def _let_in(self) -> None:
        for _ in range(SEVERAL):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as trouble:
                if trouble.errno not in EXHAUSTED:  # who came has gone again
                    continue
                log.warning("no connection can be let in for a second: %s", trouble)
                self._loop.remove_reader(self._listening)
                self._paused = self._loop.call_later(PAUSE, self._go_on)
                return
            connection.setblocking(False)
            task = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, connection))
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)
