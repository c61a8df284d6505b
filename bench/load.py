"""The load generator, a process of its own: raw HTTP/1.1 on uvloop, keep-alive, one request under way a connection.

Requests are made beforehand; each connection picks one at random when the answer to the last is whole. Answers are
counted between `warm` and `warm + seconds`; one with another status than expected ends the run.

    python -m bench.load  <  {"port", "connections", "warm", "seconds", "method", "paths", "authorization", "body",
                              "most", "status"}          >  {"rate", "p50", "p99", "done", "busy"}

`p50` and `p99` are seconds; `busy` is the share of its core that the generator used: below 1 it was not the limit.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from statistics import quantiles
from typing import Any, cast

import uvloop

from bench import machine


class Run:
    """What the connections share."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.requests = [request(asked, path) for path in asked["paths"]]
        self.status = str(asked.get("status") or {"POST": 201, "GET": 200}[asked["method"]]).encode()
        self.most: int | None = asked.get("most")  # so many answers, and then the end
        self.sending = True
        self.counting = False
        self.done = 0
        self.took: list[float] = []
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, took: float) -> None:
        self.done += 1
        if self.counting:
            self.took.append(took)
        if self.done == self.most and not self.over.done():
            self.over.set_result(None)

    def fail(self, why: str) -> None:
        if not self.over.done():
            self.over.set_exception(RuntimeError(why))


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._parts: list[bytes] = []
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            data = b"".join([*self._parts, data])
            self._parts = []
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._parts = [data]
                return
            if data[9:12] != self._run.status:
                self._run.fail(f"answered {data[:400]!r}")
                return
            at = data.index(b"content-length: ") + 16
            self._missing = int(data[at : data.index(b"\r", at)]) - (len(data) - end - 4)
        if self._missing == 0:
            self._run.answered(time.perf_counter() - self._since)
            if self._run.sending:
                self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.fail(f"a connection was lost: {exc}")

    def _send(self) -> None:
        self._since = time.perf_counter()
        self._transport.write(random.choice(self._run.requests))


def request(asked: dict[str, Any], path: str) -> bytes:
    """A whole request, as bytes."""
    body = asked.get("body") or ""
    head = [
        f"{asked['method']} {path} HTTP/1.1",
        f"host: 127.0.0.1:{asked['port']}",
        f"authorization: {asked['authorization']}",
        *(["content-type: application/json", f"content-length: {len(body)}"] if body else []),
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def main(asked: dict[str, Any]) -> dict[str, float]:
    run, loop = Run(asked), asyncio.get_running_loop()
    for _ in range(asked["connections"]):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", asked["port"])
    if run.most is not None:
        await asyncio.wait_for(run.over, 60)
        return {"done": run.done}
    await asyncio.wait([run.over], timeout=asked["warm"])
    run.counting, run.took = True, []
    begun, used = time.perf_counter(), time.process_time()
    await asyncio.wait([run.over], timeout=asked["seconds"])
    took, used = time.perf_counter() - begun, time.process_time() - used
    if run.over.done():
        run.over.result()
    cuts = quantiles(run.took, n=100)
    return {"rate": len(run.took) / took, "p50": cuts[49], "p99": cuts[98], "done": run.done, "busy": used / took}


def load(core: int | None = machine.ASKS, **asked: Any) -> dict[str, float]:
    """Run it, on the asking core unless told."""
    process = machine.start([sys.executable, "-m", "bench.load"], core, stdin=subprocess.PIPE)
    printed, _ = process.communicate(json.dumps(asked), timeout=120)
    if process.returncode:
        raise RuntimeError("the load generator failed")
    found: dict[str, float] = json.loads(printed)
    return found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.load(sys.stdin)))))
