"""Asks two servers for the same in turns, RUN requests at a time and one after the other, so that whatever else the
machine does slows both alike. Prints what they took: `{"p50": [seconds of the one, of the other], "p99": [...]}`.

Raw HTTP/1.1, a connection kept for each. Paths are taken in their order, and again from the first when there are no
more.

    python -m bench.turns  <  {"sides": [{"port", "authorization", "paths"}, ...], "method", "body", "times"}
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from itertools import cycle
from statistics import quantiles
from typing import Any

from bench import machine
from bench.load import request

RUN = 20


class Asking:
    """One connection, and what its answers took."""

    def __init__(self, side: dict[str, Any], asked: dict[str, Any]) -> None:
        self._socket = socket.create_connection(("127.0.0.1", side["port"]), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = cycle([request(asked | side, path) for path in side["paths"]])
        self._status = str({"POST": 201}.get(asked["method"], 200)).encode()
        self.took: list[float] = []

    def ask(self) -> None:
        said = next(self._requests)
        begun = time.perf_counter()
        self._socket.sendall(said)
        data = self._socket.recv(262_144)
        while (end := data.find(b"\r\n\r\n")) < 0 and data:
            data += self._socket.recv(262_144)
        if data[9:12] != self._status:
            raise RuntimeError(f"answered {data[:400]!r}")
        at = data.index(b"content-length: ") + 16
        missing = int(data[at : data.index(b"\r", at)]) - (len(data) - end - 4)
        while missing > 0:
            missing -= len(self._socket.recv(262_144)) or missing
        self.took.append(time.perf_counter() - begun)


def main(asked: dict[str, Any]) -> dict[str, list[float]]:
    sides = [Asking(side, asked) for side in asked["sides"]]
    for begun in range(0, asked["times"], RUN):
        for side in sides if begun // RUN % 2 == 0 else sides[::-1]:
            for _ in range(min(RUN, asked["times"] - begun)):
                side.ask()
    cuts = [quantiles(side.took, n=100) for side in sides]
    return {"p50": [each[49] for each in cuts], "p99": [each[98] for each in cuts]}


def turns(**asked: Any) -> dict[str, list[float]]:
    """Run it on the asking core."""
    process = machine.start([sys.executable, "-m", "bench.turns"], machine.ASKS, stdin=subprocess.PIPE)
    printed, _ = process.communicate(json.dumps(asked), timeout=120)
    if process.returncode:
        raise RuntimeError("whoever asks in turns has failed")
    found: dict[str, list[float]] = json.loads(printed)
    return found


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
