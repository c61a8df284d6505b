"""The load generator, a process of its own: raw HTTP/1.1 on uvloop, keep-alive, one request under way a connection.

Requests are made beforehand; each connection picks one at random when the answer to the last is whole. Answers are
counted between `warm` and `warm + seconds`; one with another status than expected ends the run.

    python -m bench.load  <  {"port", "connections", "warm", "seconds", "method", "paths", "authorization", "body",
                              "most", "status", "headers", "once", "trace", "others"}
                          >  {"rate", "p50", "p99", "done", "busy", "trace"}

`p50` and `p99` are seconds; `busy` is the share of its core that the generator used: below 1 it was not the limit.
`most` ends the run after so many answers, all counted. `once` takes the paths in their order, each once, and ends with
them. Where a path or one of the `headers` says {number}, each request has another. `trace` yields when each counted
answer came, on the system's clock, and how long it took. `others` are more ports, which have their share of the
connections.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from itertools import count
from statistics import quantiles
from typing import Any, cast

import uvloop

from bench import machine

NUMBER = b"{number}"
LONGEST = 100  # seconds that a run may take to have as many answers as it needs
LEAST = 2  # answers, however long that takes: of fewer there is no median
LAST = b"\r\n0\r\n\r\n"  # the end of an answer that came in chunks


class Run:
    """What the connections share."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.requests = [request(asked, path) for path in asked["paths"]]
        self.status = str(asked.get("status") or {"POST": 201}.get(asked["method"], 200)).encode()
        self.most: int | None = asked.get("most")  # so many answers, and then the end
        self.once = bool(asked.get("once"))
        if self.once:
            self.most = len(self.requests)
            self.requests.reverse()
        self._numbered = NUMBER in self.requests[0]
        self._numbers = count(time.time_ns())  # none that an earlier run had
        self.sending = True
        self.counting = False
        self.done = 0
        self.took: list[float] = []
        self.trace: list[tuple[float, float]] | None = [] if asked.get("trace") else None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, took: float) -> None:
        self.done += 1
        if self.counting:
            self.took.append(took)
            if self.trace is not None:
                self.trace.append((time.monotonic(), took))
        if self.done == self.most and not self.over.done():
            self.sending = False
            self.over.set_result(None)

    def next(self) -> bytes:
        """The next request; nothing when there is none."""
        if self.once:
            return self.requests.pop() if self.requests else b""
        request = random.choice(self.requests)
        return request.replace(NUMBER, b"%d" % next(self._numbers)) if self._numbered else request

    def fail(self, why: str) -> None:
        if not self.over.done():
            self.over.set_exception(RuntimeError(why))


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._parts: list[bytes] = []
        self._missing = 0
        self._tail = b""  # of an answer that comes in chunks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        elif self._tail:
            self._tail = (self._tail + data)[-len(LAST) :]
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
            head = data[: end + 2].lower()
            at = head.find(b"content-length: ") + 16
            if at > 15:
                self._missing = int(head[at : head.index(b"\r", at)]) - (len(data) - end - 4)
            else:
                self._tail = data[-len(LAST) :]
        if self._missing == 0 and self._tail in {b"", LAST}:
            self._tail = b""
            self._run.answered(time.perf_counter() - self._since)
            if self._run.sending:
                self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.fail(f"a connection was lost: {exc}")

    def _send(self) -> None:
        request = self._run.next()
        self._since = time.perf_counter()
        if request:
            self._transport.write(request)


def request(asked: dict[str, Any], path: str) -> bytes:
    """A whole request, as bytes."""
    body = asked.get("body") or ""
    head = [
        f"{asked['method']} {path} HTTP/1.1",
        f"host: 127.0.0.1:{asked['port']}",
        f"authorization: {asked['authorization']}",
        *(asked.get("headers") or []),
        *(["content-type: application/json", f"content-length: {len(body)}"] if body else []),
    ]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def main(asked: dict[str, Any]) -> dict[str, Any]:
    run, loop = Run(asked), asyncio.get_running_loop()
    run.counting = run.most is not None
    ports = [asked["port"], *(asked.get("others") or [])]
    for number in range(asked["connections"]):
        await loop.create_connection(lambda: Connection(run), "127.0.0.1", ports[number % len(ports)])
    if run.most is None:
        await asyncio.wait([run.over], timeout=asked["warm"])
    run.counting = True
    begun, used = time.perf_counter(), time.process_time()
    await asyncio.wait([run.over], timeout=LONGEST if run.most is not None else asked["seconds"])
    while len(run.took) < LEAST and not run.over.done() and time.perf_counter() - begun < LONGEST:
        await asyncio.wait([run.over], timeout=0.1)
    took, used = time.perf_counter() - begun, time.process_time() - used
    if run.over.done():
        run.over.result()
    elif run.most is not None or len(run.took) < LEAST:
        raise RuntimeError(f"{run.done} of {run.most or LEAST} were answered within {LONGEST} s")
    cuts = quantiles(run.took, n=100)
    found = {"rate": len(run.took) / took, "p50": cuts[49], "p99": cuts[98], "done": run.done, "busy": used / took}
    return found if run.trace is None else found | {"trace": run.trace}


def load(core: int | None = machine.ASKS, **asked: Any) -> dict[str, Any]:
    """Run it, on the asking core unless told."""
    process = machine.start([sys.executable, "-m", "bench.load"], core, stdin=subprocess.PIPE)
    printed, _ = process.communicate(json.dumps(asked), timeout=120)
    if process.returncode:
        raise RuntimeError("the load generator failed")
    found: dict[str, Any] = json.loads(printed)
    return found


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.load(sys.stdin)))))
