"""Uploads of 50 MB, 4 at a time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import machine, sample, servers
from .measure import Measure, folder
from .row import Aside, Row, megabytes

AT_A_TIME = 4
WHY = (
    "loopback does not sync, and touches no byte. What is left of ours are two copies, of uvloop and httptools, the "
    "search for the boundary, and hops to the threads that write. Three more copies are gone; larger and smaller "
    "pieces were no better. See decision 14."
)


class Uploads(Measure):
    """Throughput, and what the server's memory grows by meanwhile."""

    rows = (
        Row("upload of 50 MB, 4 at a time, MB/s", "loopback into a file", 0.3, 0.5, True, why=WHY),
        Row("the server's memory meanwhile, per upload under way", "its own before", 8, None, False, megabytes),
    )
    method = (
        (
            "Multipart, with a boundary of 32 characters as libraries send, from four threads of a process of its own, "
            "each file answered before its thread sends the next, "
            "against a socket server of a thread a connection that writes what it receives into files. The same bytes, "
            "the same file system, the same two cores. Parhelion's figure holds the fsync of every file; loopback's "
            "does not, unless it says so below."
        ),
        "VmHWM during those uploads, less VmRSS before them and after a first upload, divided by 4.",
    )

    def __init__(self) -> None:
        rate = "{:,.0f}".format
        self.ours, self.loopback = Aside("MB/s", rate), Aside("loopback", rate)
        self.synced = Aside("loopback with fsync", rate)
        self.against_synced = Aside("ratio to that", "{:.2f}".format)
        self.asides = ((self.ours, self.loopback, self.synced, self.against_synced), ())

    def round(self, quick: bool, number: int) -> None:
        files = AT_A_TIME * (1 if quick else 3)
        sides = [self._ours, self._loopback, self._synced]
        for side in sides if number % 2 == 0 else sides[::-1]:
            with folder() as place:
                side(place, files)
        self.rows[0].add(self.ours.samples[-1] / self.loopback.samples[-1])
        self.against_synced.add(self.ours.samples[-1] / self.synced.samples[-1])

    def _ours(self, place: Path, files: int) -> None:
        app = servers.app(place / "data")
        with servers.serving(servers.parhelion(app), app) as server:
            asked = {"port": server.port, "path": f"/v2/apps/{server.app}/attachments?access=public"}
            asked["authorization"] = server.authorization
            send(asked, 1)
            pid = server.process.pid
            try:
                machine.forget_peak(pid)
                before, _ = machine.memory(pid)
            except OSError:
                before = None
                self.rows[1].missing = "needs Linux's /proc"
            self.ours.add(send(asked, files))
            if before is not None:
                _, peak = machine.memory(pid)
                self.rows[1].add((peak - before) / AT_A_TIME / sample.MIB)

    def _loopback(self, place: Path, files: int) -> None:
        with sink(place, "plainly") as port:
            send({"port": port}, 1)
            self.loopback.add(send({"port": port}, files))

    def _synced(self, place: Path, files: int) -> None:
        with sink(place, "durably") as port:
            self.synced.add(send({"port": port}, files))


def send(asked: dict[str, object], files: int) -> float:
    """MB/s, files of 50 MB being sent 4 at a time."""
    said = json.dumps({**asked, "files": files, "at_a_time": AT_A_TIME})
    return float(machine.said([sys.executable, "-m", "bench.sending", said]))


@contextmanager
def sink(place: Path, how: str) -> Iterator[int]:
    """The loopback server."""
    process = machine.start([sys.executable, "-m", "bench.sink", place, how], machine.SERVES)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
