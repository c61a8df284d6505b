"""Posts messages and hears their events, as a webhook's receiver or as many subscribers of a stream, in one process:
so both ends of the way are on one clock.

Raw HTTP/1.1 on uvloop, as `load` does it. It listens on a port, which it prints; then each line of JSON on stdin is a
job, answered with a line of JSON on stdout.

    {"port", "paths", "authorization", "body", "subscribe": path or null, "subscribers", and either
     "times": post so many, one after the other, each once the last was heard by all   >  {"p50", "p99", "answered"}
     "seconds", "connections": post as fast as is answered   >  {"posted", "heard", "lasted", "drained"} }

"heard" is when the posting ended, and "drained" how many seconds later all of it was heard; "answered" is
when a post was, the median. "size" is that of the last event, in bytes, as it came.

    python -m bench.hearing
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from functools import partial
from statistics import median, quantiles
from typing import Any, cast

import uvloop

from bench.load import Connection, Run

HEARD = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
EVENT = b"\nevent: "
PAUSE = 0.05  # seconds at most between posts that are made one after the other
LOST = 60  # seconds after which what was not heard is lost


class Ear:
    """How much was heard, and a wish to know when it is so much."""

    def __init__(self) -> None:
        self.heard = 0
        self.size = 0  # of the last
        self._wanted: tuple[int, asyncio.Future[float]] | None = None

    def hear(self, several: int = 1) -> None:
        self.heard += several
        if self._wanted is not None and self.heard >= self._wanted[0]:
            if not self._wanted[1].done():
                self._wanted[1].set_result(time.perf_counter())
            self._wanted = None

    async def until(self, several: int) -> float:
        """When it was."""
        if self.heard >= several:
            return time.perf_counter()
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._wanted = several, future
        return await asyncio.wait_for(future, LOST)


class Receiver(asyncio.Protocol):
    """A webhook's receiver: any request is taken."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._held[:end].lower() + b"\r\n"
        at = head.index(b"content-length: ") + 16
        length = int(head[at : head.index(b"\r", at)])
        if len(self._held) < end + 4 + length:
            return
        self._held = b""  # nobody sends a second request before the answer to the first
        self._ear.size = length
        self._transport.write(HEARD)
        self._ear.hear()


class Subscriber(asyncio.Protocol):
    """One of many: events are counted, not read."""

    def __init__(self, ear: Ear, request: bytes) -> None:
        self._ear, self._request = ear, request
        self._tail: bytes = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        data = self._tail + data
        if not self.ready.done():
            self._tail = data
            if not data.startswith(b"HTTP/1.1 200"):
                self.ready.set_exception(RuntimeError(f"subscribing was answered {data[:300]!r}"))
            elif b"\nid: " in data:  # so from here on nothing is missed
                self.ready.set_result(None)
            return
        self._tail = data[1 - len(EVENT) :]
        if several := data.count(EVENT):
            self._ear.size = len(data)
            self._ear.hear(several)


class Posting(Run):
    """What posters share."""

    def __init__(self, asked: dict[str, Any]) -> None:
        super().__init__(asked)
        self.answers = Ear()

    def answered(self, took: float) -> None:
        super().answered(took)
        self.answers.hear()

    def end(self) -> None:
        """All is well, if nothing has failed."""
        if self.over.done():
            self.over.result()
        else:
            self.over.set_result(None)


class OneByOne(Connection):
    """Posts when it is told to."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def post(self) -> None:
        self._send()


async def one_by_one(asked: dict[str, Any], ear: Ear, each: int) -> dict[str, float]:
    run, loop, took = Posting(asked), asyncio.get_running_loop(), list[float]()
    run.sending, run.counting = False, True
    transport, poster = await loop.create_connection(partial(OneByOne, run), "127.0.0.1", asked["port"])
    for number in range(asked["times"]):
        await asyncio.sleep(random.uniform(0, PAUSE))
        wanted = ear.heard + each
        began = time.perf_counter()
        poster.post()
        took.append(await ear.until(wanted) - began)
        await run.answers.until(number + 1)
    run.end()
    transport.close()
    cuts = quantiles(took[len(took) // 10 :], n=100)  # without the first, in which everything is new
    return {"p50": cuts[49], "p99": cuts[98], "answered": median(run.took)}


async def together(asked: dict[str, Any], ear: Ear, each: int) -> dict[str, float]:
    run, loop, before = Posting(asked), asyncio.get_running_loop(), ear.heard
    connections: int = asked["connections"]
    began = time.perf_counter()
    made = [
        await loop.create_connection(partial(Connection, run), "127.0.0.1", asked["port"]) for _ in range(connections)
    ]
    await asyncio.wait([run.over], timeout=asked["seconds"])
    run.sending = False
    ended, posted, heard = time.perf_counter(), run.done, ear.heard - before
    await run.answers.until(posted + connections)  # those that were under way
    run.end()
    drained = await ear.until(before + run.done * each)
    for transport, _ in made:
        transport.close()
    return {"posted": posted, "heard": heard, "lasted": ended - began, "drained": drained - ended}


async def do(asked: dict[str, Any], ear: Ear) -> dict[str, float]:
    loop, streams = asyncio.get_running_loop(), list[asyncio.BaseTransport]()
    asked["method"] = "POST"
    subscribers: int = asked["subscribers"] if asked.get("subscribe") else 0
    head = f"GET {asked.get('subscribe')} HTTP/1.1\r\nhost: here\r\nauthorization: {asked['authorization']}\r\n\r\n"
    try:
        for _ in range(subscribers):
            stream = partial(Subscriber, ear, head.encode())
            transport, subscriber = await loop.create_connection(stream, "127.0.0.1", asked["port"])
            streams.append(transport)
            await asyncio.wait_for(subscriber.ready, 10)
        how = one_by_one if "times" in asked else together
        return await how(asked, ear, subscribers or 1) | {"size": ear.size}
    finally:
        for each in streams:
            each.close()


async def main() -> None:
    ear, loop = Ear(), asyncio.get_running_loop()
    server = await loop.create_server(partial(Receiver, ear), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await do(json.loads(line), ear)), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
