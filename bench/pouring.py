"""Posts at a rate of its own, whatever is answered: an open loop, as many people are who know nothing of each other.

A request is due at its moment, and its time counts from then, also when it had to wait for one of the connections.
These are made before, and take turns. One more lists meanwhile, one page after the other with a rest in between. Raw
HTTP/1.1 on uvloop, as `load` does it.

    python -m bench.pouring  <  {"port", "paths", "authorization", "body", "rate", "seconds", "connections", "listed"}
                             >  {"offered", "taken", "refused", "p50", "p99", "refused_p99", "list_p99", "busy", "late"}

`offered`, `taken` and `refused` are numbers of posts; any answer but 201 and 503 is an error. `late` is how many were
due and had no connection, at worst: when there are many, the generator or its connections were the limit.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import deque
from functools import partial
from statistics import quantiles
from typing import Any, cast

import uvloop

from bench import machine
from bench.load import request

TICK = 0.002  # seconds
REST = 0.01  # seconds
LOST = 30  # seconds after which what was not answered is lost
KEPT = 500_000  # times: of more, the first are forgotten


class Pour:
    """What the connections share."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.requests = [request({**asked, "method": "POST"}, path) for path in asked["paths"]]
        self.due: deque[float] = deque()  # moments
        self.idle: deque[Posting] = deque()
        self.taken: deque[float] = deque(maxlen=KEPT)
        self.refused: deque[float] = deque(maxlen=KEPT)
        self.several = {b"201": 0, b"503": 0}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, why: str) -> None:
        if not self.failed.done():
            self.failed.set_exception(RuntimeError(why))

    def send(self) -> None:
        while self.due and self.idle:
            self.idle.popleft().post(random.choice(self.requests), self.due.popleft())

    def answered(self, status: bytes, since: float, connection: Posting) -> None:
        if status not in self.several:
            self.fail(f"a post was answered {status!r}")
            return
        self.several[status] += 1
        (self.taken if status == b"201" else self.refused).append(time.perf_counter() - since)
        self.idle.append(connection)
        if self.due:
            self.send()


class Answers(asyncio.Protocol):
    """Reads one answer after the other."""

    def __init__(self, fail: Any) -> None:
        self._fail = fail
        self._held = b""
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._held += data
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            at = self._held.index(b"content-length: ") + 16
            length = int(self._held[at : self._held.index(b"\r", at)])
            self._status, self._missing, self._held = self._held[9:12], length - (len(self._held) - end - 4), b""
        if not self._missing:
            self.whole(self._status)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"a connection was lost: {exc}")

    def whole(self, status: bytes) -> None:
        raise NotImplementedError


class Posting(Answers):
    def __init__(self, pour: Pour) -> None:
        super().__init__(pour.fail)
        self._pour = pour

    def begin(self, raw: bytes) -> None:
        """Be let in, and answered once."""
        self._since = 0.0
        self.transport.write(raw)

    def post(self, raw: bytes, since: float) -> None:
        self._since = since
        self.transport.write(raw)

    def whole(self, status: bytes) -> None:
        if self._since:
            self._pour.answered(status, self._since, self)
        else:
            self._pour.idle.append(self)


class Reading(Answers):
    """One page after the other."""

    def __init__(self, pour: Pour, raw: bytes) -> None:
        super().__init__(pour.fail)
        self._raw, self.took = raw, list[float]()
        self.going = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._ask()

    def whole(self, status: bytes) -> None:
        if status != b"200":
            self._fail(f"a list was answered {status!r}")
        self.took.append(time.perf_counter() - self._since)
        if self.going:
            asyncio.get_running_loop().call_later(REST, self._ask)

    def _ask(self) -> None:
        self._since = time.perf_counter()
        self.transport.write(self._raw)


async def main(asked: dict[str, Any]) -> dict[str, float]:
    pour, loop = Pour(asked), asyncio.get_running_loop()
    listing = request({**asked, "method": "GET", "body": ""}, asked["listed"])
    for _ in range(asked["connections"]):
        _, made = await loop.create_connection(partial(Posting, pour), "127.0.0.1", asked["port"])
        made.begin(listing)
    while len(pour.idle) < asked["connections"] and not pour.failed.done():  # noqa: ASYNC110 - they are many
        await asyncio.sleep(TICK)
    _, reader = await loop.create_connection(partial(Reading, pour, listing), "127.0.0.1", asked["port"])
    offered, late, rate = 0, 0, asked["rate"]
    begun, used = time.perf_counter(), time.process_time()
    while (past := time.perf_counter() - begun) < asked["seconds"] and not pour.failed.done():
        wanted = int(past * rate)
        pour.due.extend(begun + each / rate for each in range(offered, wanted))
        offered = wanted
        pour.send()
        late = max(late, len(pour.due))
        await asyncio.sleep(TICK)
    used, lasted = time.process_time() - used, time.perf_counter() - begun
    reader.going = False
    until = time.perf_counter() + LOST
    while len(pour.idle) < asked["connections"] and not pour.failed.done() and time.perf_counter() < until:  # noqa: ASYNC110 - they are many
        await asyncio.sleep(TICK)
    if pour.failed.done():
        pour.failed.result()
    taken, refused = pour.several[b"201"], pour.several[b"503"]
    if taken + refused != offered:
        raise RuntimeError(f"{offered - taken - refused} posts were not answered in {LOST} s")
    return {
        "offered": offered,
        "taken": taken,
        "refused": refused,
        "lasted": lasted,
        "p50": cut(pour.taken, 50),
        "p99": cut(pour.taken, 99),
        "refused_p99": cut(pour.refused, 99),
        "list_p99": cut(reader.took, 99),
        "busy": used / lasted,
        "late": late,
    }


def cut(took: deque[float] | list[float], percent: int) -> float:
    return quantiles(took, n=100)[percent - 1] if len(took) > 1 else 0.0


def pour(**asked: Any) -> dict[str, float]:
    """Run it, on the asking core."""
    process = machine.start([sys.executable, "-m", "bench.pouring"], machine.ASKS, stdin=subprocess.PIPE)
    printed, _ = process.communicate(json.dumps(asked), timeout=asked["seconds"] + 120)
    if process.returncode:
        raise RuntimeError("who pours has failed")
    found: dict[str, float] = json.loads(printed)
    return found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.load(sys.stdin)))))
