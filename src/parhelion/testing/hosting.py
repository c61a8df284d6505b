"""A server in a thread of this process, as `parhelion serve --testing` has it in a process of its own.

    start():  thread -> its own event loop -> a free port -> the engines, in memory -> uvicorn   or what kept it from it
    close():  the loop is told to stop -> connections, engines, loop -> the thread is joined

The loop of whoever calls is not touched. A child made by fork has no such thread: there `close` does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import uvicorn
import uvloop

from ..operations.testing import PATH as CONTROLS
from ..server.assemble import configured, rehearsing

GRACE = 2  # seconds that requests under way have at the end
PATIENCE = 30.0  # seconds for the thread to begin, or to end
KEPT = 20  # requests, for the report of a test that failed


@dataclass
class _Line:
    """A request that was answered, or not yet."""

    method: str
    path: str
    began: float
    status: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        took = "under way" if self.seconds is None else f"{self.seconds * 1000:.0f} ms"
        return f"{self.status or 'no answer'}  {self.method} {self.path}  ({took})"


class Host:
    """One server in one thread."""

    def __init__(self) -> None:
        self.url = ""
        self._pid = os.getpid()
        self._began = Future[None]()
        self._lines = deque[_Line](maxlen=KEPT)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        # A daemon: a program that ends without closing it is not held up. It could not be closed then any more, either:
        # the pools that it works with are gone before any other work of a program's end.
        self._thread = threading.Thread(target=self._work, name="parhelion server", daemon=True)

    def start(self) -> None:
        """Return when it answers. Raises what keeps it from that."""
        self._thread.start()
        try:
            self._began.result(PATIENCE)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it, from any thread but its own."""
        if self._pid != os.getpid():
            return
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(PATIENCE)

    def told(self) -> str:
        """The last requests, a line each; without their queries, and without those that steer it."""
        return "\n".join(map(str, self._lines.copy()))

    def forget(self) -> None:
        """Tell nothing of what was before."""
        self._lines.clear()

    def _stop(self) -> None:
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True

    def _work(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve())
        except BaseException as trouble:  # whoever waits for the start is told
            if not self._began.done():
                self._began.set_exception(trouble)
            else:
                raise

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with rehearsing() as app:
                log = logging.getLogger("uvicorn.access")
                as_it_was = log.handlers, log.propagate
                config = configured(self._noting(app), GRACE)
                log.handlers, log.propagate = as_it_was  # it is silenced for the process, where others may run uvicorn
                self._uvicorn = _Uvicorn(config, self._began)
                await self._uvicorn.serve(sockets=[listening])

    def _noting(self, app: Any) -> Any:
        async def noted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["path"].startswith(CONTROLS):
                await app(scope, receive, send)
                return
            line = _Line(scope["method"], scope["path"], time.perf_counter())

            async def noting(message: Any) -> None:
                if message["type"] == "http.response.start":
                    line.status = message["status"]
                await send(message)

            self._lines.append(line)
            try:
                await app(scope, receive, noting)
            finally:
                line.seconds = time.perf_counter() - line.began

        return noted


class _Uvicorn(uvicorn.Server):
    """uvicorn, which says when it answers."""

    def __init__(self, config: uvicorn.Config, began: Future[None]) -> None:
        super().__init__(config)
        self._answering = began

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._answering.set_result(None)
