"""Who takes a connection, where several listen at one address."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from parhelion.server.http import accepting
from parhelion.server.http.accepting import Counts, Sharing

LONG = 60.0  # seconds: nobody waits for that here


class Taken(asyncio.Protocol):
    """A connection that was taken."""

    def __init__(self, here: set[Any]) -> None:
        self._here = here

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._here.add(self)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._here.discard(self)


class Worker:
    """One at a place of two, and what the test knows of it."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.other = socket.socket(fileno=os.dup(self.listening.fileno()))  # as it is to who inherited it, too
        self.other.setblocking(False)
        self.counts = Counts(2)
        self.here: set[Any] = set()
        self.accepting = Sharing(self.listening, lambda: Taken(self.here), self.counts, 0, self.here)
        self._callers: list[socket.socket] = []
        self._open = True

    async def call(self, several: int = 1) -> None:
        for _ in range(several):
            caller = socket.socket()
            self._callers.append(caller)
            caller.setblocking(False)
            await asyncio.get_running_loop().sock_connect(caller, self.other.getsockname())

    async def until(self, here: int) -> None:
        async with asyncio.timeout(20):
            while len(self.here) < here:  # noqa: ASYNC110 - it is what is looked at
                await asyncio.sleep(0.001)

    async def close(self) -> None:
        if self._open:
            self._open = False
            await self.accepting.end()
            self.listening.close()

    def hang_up(self) -> None:
        for caller in self._callers:
            caller.close()


@asynccontextmanager
async def working() -> AsyncGenerator[Worker]:
    worker = Worker()
    try:
        yield worker
    finally:
        await worker.close()
        for each in worker.here:
            each.transport.close()
        worker.hang_up()
        worker.other.close()


def told(story: Callable[[Worker], Awaitable[None]]) -> None:
    async def run() -> None:
        async with working() as worker:
            await asyncio.wait_for(story(worker), 30)

    asyncio.run(run())


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "MOMENT", LONG)


def test_who_has_no_more_than_others_takes_what_comes_at_once(patient: None) -> None:
    async def story(worker: Worker) -> None:
        await worker.call(3)
        await worker.until(3)  # the other place is empty
        worker.counts.tell(1, 5)
        await worker.call(3)
        await worker.until(6)  # the last is taken when there are five on either side

    told(story)


def test_who_has_more_leaves_it_to_others(patient: None) -> None:
    async def story(worker: Worker) -> None:
        worker.counts.tell(1, 1)
        await worker.call(2)
        await worker.until(2)
        await worker.call()
        await asyncio.sleep(0.05)  # in which it could have been taken
        connection, _ = worker.other.accept()
        connection.close()
        assert len(worker.here) == 2

    told(story)


def test_what_nobody_else_takes_is_taken_after_a_moment() -> None:
    async def story(worker: Worker) -> None:
        worker.counts.tell(1, 0)  # it hangs
        await worker.call(300)
        await worker.until(300)

    told(story)


def test_who_has_left_counts_for_nothing(patient: None) -> None:
    async def story(worker: Worker) -> None:
        worker.counts.tell(1, 0)
        worker.counts.leave(1)
        await worker.call(5)
        await worker.until(5)

    told(story)


def test_others_are_told_how_many_there_are(patient: None) -> None:
    async def story(worker: Worker) -> None:
        await worker.call(4)
        await worker.until(4)
        worker.counts.tell(1, 100)
        assert (worker.accepting.tell(), worker.counts.least()) == (4, 4)
        worker.hang_up()
        async with asyncio.timeout(20):
            while worker.accepting.tell():  # noqa: ASYNC110 - it is what is looked at
                await asyncio.sleep(0.001)
        assert worker.counts.least() == 0

    told(story)


def test_who_closes_takes_first_what_has_come(patient: None) -> None:
    async def story(worker: Worker) -> None:
        worker.counts.tell(1, 0)
        await worker.call(1)
        await worker.until(1)
        await worker.call(20)
        await worker.close()
        assert len(worker.here) == 21
        worker.counts.leave(1)
        assert worker.counts.least() == accepting.NOBODY

    told(story)
