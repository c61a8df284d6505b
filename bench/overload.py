"""Twice as much as can be done, and one who reads beside many who write.

python -m bench.overload [MINUTES]    the first for as long as that: `make drill-overload`, which fails when it grows
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import machine, sample, servers
from .load import load
from .measure import Measure, folder
from .posts import FILLED, list_, post
from .pouring import pour
from .row import Aside, Row, megabytes, seconds as in_seconds

CONNECTIONS = 4000
TIMES = 2
GROWN = 96.0  # MB
SLOW = 1.0  # seconds: what Retry-After says
WORTH = 0.6  # of what is done when nobody asks for more
POSTERS = 63
FULL = 30_000  # messages in a conversation
NEVER_SO_MANY = 15_000  # posts a second


@dataclass
class Found:
    """What came of pouring."""

    capacity: float  # posts/s
    answers: dict[str, float]
    grown: list[float] = field(default_factory=list[float])  # MB, one after the other

    @property
    def rate(self) -> float:
        return self.answers["taken"] / self.answers["lasted"]


@contextmanager
def watched(pid: int, grown: list[float], every: float) -> Iterator[None]:
    """How much more memory a process holds than at the beginning, now and then."""
    over, before = threading.Event(), machine.memory(pid)[0]

    def watch() -> None:
        while not over.wait(every):
            grown.append((machine.memory(pid)[0] - before) / 1e6)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
        grown.append((machine.memory(pid)[0] - before) / 1e6)


def overload(place: Path, measured: float, poured: float) -> Found:
    """For so many seconds each: what can be done, then twice that. Errors: RuntimeError when something else comes."""
    app = servers.app(place / "data")
    with servers.serving(servers.parhelion(app), app) as server:
        first, paths, [listed] = server.converse(50), server.converse(), server.converse(1)
        post(server, [listed], 0, most=FILLED)
        found = Found(post(server, first, measured)["rate"], {})
        with watched(server.process.pid, found.grown, min(1.0, poured / 10)):
            found.answers = pour(
                port=server.port,
                paths=paths,
                listed=listed,
                authorization=server.authorization,
                body=sample.POST_BODY.decode(),
                rate=TIMES * found.capacity,
                seconds=poured,
                connections=CONNECTIONS,
            )
    conversations = {path.split("/")[-2] for path in paths}
    with closing(sqlite3.connect(app.data / "parhelion.db")) as database:
        rows = database.execute("select conversation_id, count(*) from message group by conversation_id")
        stored = sum(several for conversation, several in rows if conversation in conversations)
    if stored != found.answers["taken"]:
        raise RuntimeError(f"{found.answers['taken']} posts were answered 201, and {stored} are in the store")
    return found


class Overload(Measure):
    """Three rows."""

    rows = (
        Row("durable posts/s when twice as many are offered", "posts/s with 64 connections", WORTH, 0.8, True),
        Row("p99 of those that are posted meanwhile", "", SLOW, 0.5, shown=in_seconds),
        Row("memory that the server holds more at the end", "", GROWN, 48, shown=megabytes),
    )
    method = (
        (
            f"64 connections post as fast as they are answered; then {TIMES} times as many a second are posted, due at "
            f"even moments whatever is answered, on {CONNECTIONS} connections. Any answer but 201 and 503 would end "
            "it, and so would a 201 that is not in the store afterwards. One more connection lists meanwhile, and is "
            "never refused."
        ),
        "From the moment at which a post was due until its 201 was whole. What is refused is told to come in a second.",
        "VmRSS after the pouring less VmRSS before it, connections included.",
    )

    def __init__(self) -> None:
        rate, ms = "{:,.0f}".format, "{:.0f}".format
        self.capacity, self.offered = Aside("64 connections posts/s", rate), Aside("offered/s", rate)
        self.share = Aside("answered 503", "{:.0%}".format)
        self.busy = Aside("the generator's core in use", "{:.0%}".format)
        self.late = Aside("due and without a connection, at most", rate)
        self.p50, self.refused = Aside("p50 ms", ms), Aside("p99 ms of a 503", ms)
        self.listed, self.most = Aside("p99 ms of a list", ms), Aside("at most", megabytes)
        self.asides = (
            (self.capacity, self.offered, self.share, self.busy, self.late),
            (self.p50, self.refused, self.listed),
            (self.most,),
        )

    def round(self, quick: bool, number: int) -> None:  # noqa: ARG002 - there is one side only
        with folder() as place:
            found = overload(place, 2.0, 4.0 if quick else 5.0)
        self.add(found)

    def add(self, found: Found) -> None:
        answers = found.answers
        self.rows[0].add(found.rate / found.capacity)
        self.rows[1].add(answers["p99"])
        self.rows[2].add(found.grown[-1])
        self.capacity.add(found.capacity)
        self.offered.add(answers["offered"] / answers["lasted"])
        self.share.add(answers["refused"] / answers["offered"])
        self.busy.add(answers["busy"])
        self.late.add(answers["late"])
        self.p50.add(answers["p50"] * 1000)
        self.refused.add(answers["refused_p99"] * 1000)
        self.listed.add(answers["list_p99"] * 1000)
        self.most.add(max(found.grown))


class Fairness(Measure):
    """One row."""

    rows = (Row(f"list 100, p99, beside {POSTERS} connections that post", "its p99 alone"),)
    method = (
        (
            f"One connection lists a conversation of about {FILLED} messages: alone, and while {POSTERS} connections "
            "post to another conversation as fast as they are answered. Both generators share the asking core. For "
            "information."
        ),
    )

    def __init__(self) -> None:
        ms = "{:.1f}".format
        self.beside, self.alone = Aside("p99 ms beside them", ms), Aside("alone", ms)
        self.beside50, self.alone50 = Aside("p50 ms beside them", ms), Aside("alone", ms)
        self.posted = Aside("posts/s", "{:,.0f}".format)
        self.asides = ((self.beside, self.alone, self.beside50, self.alone50, self.posted),)

    def round(self, quick: bool, number: int) -> None:
        with folder() as place:
            app = servers.app(place / "data")
            with servers.serving(servers.parhelion(app), app) as server:
                [listed] = server.converse(1)
                post(server, [listed], 0, most=FILLED)
                sides = [self._alone, self._beside]
                for side in sides if number % 2 == 0 else sides[::-1]:
                    side(server, listed, 0.6 if quick else 1.0)
        self.rows[0].add(self.beside.samples[-1] / self.alone.samples[-1])

    def _alone(self, server: servers.Server, listed: str, seconds: float) -> None:
        found = list_(server, [listed], seconds)
        self.alone.add(found["p99"] * 1000)
        self.alone50.add(found["p50"] * 1000)

    def _beside(self, server: servers.Server, listed: str, seconds: float) -> None:
        """The posters begin before and end after it."""
        posted: list[float] = []
        [place] = server.converse(1)
        lasting = seconds + 0.5
        assert lasting * NEVER_SO_MANY < FULL, "the conversation would be full"

        def keep_posting() -> None:
            found = load(
                port=server.port,
                connections=POSTERS,
                warm=0.2,
                seconds=lasting,
                method="POST",
                paths=[place],
                authorization=server.authorization,
                body=sample.POST_BODY.decode(),
            )
            posted.append(found["rate"])

        posting = threading.Thread(target=keep_posting)
        posting.start()
        found = list_(server, [listed], seconds)
        posting.join()
        self.beside.add(found["p99"] * 1000)
        self.beside50.add(found["p50"] * 1000)
        self.posted.add(posted[0])


def main(minutes: float) -> int:
    """The drill."""
    with folder() as place:
        found = overload(place, 10.0, 60 * minutes)
    measure = Overload()
    measure.add(found)
    for row, asides in zip(measure.rows, measure.asides, strict=True):
        print(f"{row.what}: {row.measured()}, {row.verdict()}; " + "; ".join(map(str, asides)))
    print("memory, MB more than before, in ten parts: " + " ".join(f"{each:.0f}" for each in _parts(found.grown)))
    return int(any("missed" in row.verdict() for row in measure.rows))


def _parts(grown: list[float]) -> list[float]:
    return [grown[len(grown) * part // 10] for part in range(10)] + grown[-1:]


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
