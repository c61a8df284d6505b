"""By how much a client's memory rises while it uploads 50 MB."""

from __future__ import annotations

import sys
from pathlib import Path

from . import machine, official, sample, servers
from .measure import Measure, folder
from .posts import page_file
from .row import Aside, Row, megabytes

HOLDING = Path(__file__).with_name("holding.py")


class ClientMemory(Measure):
    about = "client"
    rows = (Row("client upload of 50 MB, peak memory", "its own memory before", 4, 1, False, megabytes),)
    method = (
        (
            "VmHWM of a process that uploads a file from disk with `Client`, less its VmRSS before and after a first "
            "upload of 1 KB. The server receives and drops."
        ),
    )

    def __init__(self) -> None:
        self.theirs = Aside(f"official {official.VERSION} MB", "{:.0f}".format)
        self.asides = ((self.theirs,),)

    def round(self, quick: bool, number: int) -> None:  # noqa: ARG002 - memory needs no more than one upload
        if not Path("/proc/self/clear_refs").exists():
            self.rows[0].missing = "needs Linux's /proc"
            return
        with folder() as place, servers.serving(servers.constant(page_file(place))) as server:
            film, small = place / "film.pdf", place / "small.pdf"
            film.write_bytes(sample.film())
            small.write_bytes(sample.film(1024))
            asked: list[str | Path] = ["-P", HOLDING, "ours", server.url, film, small]
            self.rows[0].add(int(machine.said([sys.executable, *asked])) / sample.MIB)
            try:
                python = official.python()
            except official.Missing:
                return
            asked[2] = "official"
            self.theirs.add(int(machine.said([python, *asked])) / sample.MIB)
