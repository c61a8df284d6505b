"""What importing the client costs, above an interpreter that does nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from . import machine, official
from .measure import Measure
from .row import Aside, Row, one_in

NOTHING = "pass"
OURS = "from parhelion import Client"
OURS_READY = f"{OURS}; Client('http://127.0.0.1', app_id='a', key_id='app_k', secret='s')"
THEIRS = "from sunshine_conversations_client import ApiClient, Configuration, MessagesApi"
THEIRS_READY = f"{THEIRS}; MessagesApi(ApiClient(Configuration(host='http://127.0.0.1')))"


class Imports(Measure):
    """CPU of a fresh interpreter."""

    about = "client"
    rows = (
        Row("import of the client, CPU", f"official {official.VERSION}", 1 / 5, 1 / 10, False, one_in),
        Row("import, and a client made", f"official {official.VERSION}", None, None, False, one_in),
    )
    method = (
        (
            f"`{OURS}` in a fresh interpreter, less the same interpreter with `{NOTHING}`; CPU from start to end of "
            "the process, median of several a round, byte code cached."
        ),
        "As above, and a client that is ready to call: what we load only then is counted too. For information.",
    )

    def __init__(self) -> None:
        milli = "{:.0f}".format
        self.ours, self.theirs = Aside("ours ms", milli), Aside("official", milli)
        self.ready, self.their_ready = Aside("ours ms", milli), Aside("official", milli)
        self.asides = ((self.ours, self.theirs), (self.ready, self.their_ready))

    def prepare(self) -> None:
        try:
            official.python()
        except official.Missing as missing:
            self.rows[0].missing = self.rows[1].missing = str(missing)

    def round(self, quick: bool, number: int) -> None:  # noqa: ARG002 - each round is alternating in itself
        several = 2 if quick else 5
        ours = above_nothing(sys.executable, [OURS, OURS_READY], several)
        self.ours.add(ours[0] * 1000)
        self.ready.add(ours[1] * 1000)
        if not self.rows[0].missing:
            theirs = above_nothing(official.python(), [THEIRS, THEIRS_READY], (several + 1) // 2)
            self.theirs.add(theirs[0] * 1000)
            self.their_ready.add(theirs[1] * 1000)
            self.rows[0].add(ours[0] / theirs[0])
            self.rows[1].add(ours[1] / theirs[1])


def above_nothing(python: str | Path, programs: list[str], several: int) -> list[float]:
    """Seconds of CPU of each program above an empty one."""
    taken: list[list[float]] = [
        [machine.cpu_of([python, "-c", program]) for program in (NOTHING, *programs)] for _ in range(several)
    ]
    nothing, *rest = (median(each) for each in zip(*taken, strict=True))
    return [each - nothing for each in rest]
