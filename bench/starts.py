"""How soon the server answers, and what it holds while nobody asks."""

from __future__ import annotations

import time
from statistics import median

from . import machine, sample, servers
from .measure import Measure, folder
from .row import Row, megabytes, seconds


class Starts(Measure):
    rows = (
        Row("server from start to first answer", "", 0.7, 0.4, False, seconds),
        Row("server's idle memory", "", 80, 50, False, megabytes),
    )
    method = (
        (
            "From starting `parhelion serve` on a folder with an app in it until a request about that app, with its "
            "credentials, has been answered; median of three a round, byte code cached."
        ),
        "VmRSS a second after that answer.",
    )

    def __init__(self) -> None:
        self.asides = ((), ())

    def round(self, quick: bool, number: int) -> None:  # noqa: ARG002 - there is one side only
        taken: list[float] = []
        several = 1 if quick else 3
        with folder() as place:
            app = servers.app(place / "data")
            for _ in range(several):
                took, server = servers.first_answer(app)
                taken.append(took)
                try:
                    if len(taken) == several:
                        time.sleep(1)
                        self.rows[1].add(machine.memory(server.process.pid)[0] / sample.MIB)
                except OSError:
                    self.rows[1].missing = "needs Linux's /proc"
                finally:
                    server.stop()
        self.rows[0].add(median(taken))
