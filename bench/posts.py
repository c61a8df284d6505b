"""Durable posts, and a page of 100.

Every round starts from empty stores. A side is filled, loaded and stopped before the other side starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import machine, sample, servers
from .load import load
from .measure import Measure, folder
from .row import Aside, Row

LISTED = 20  # conversations that are listed
FILLED = 150  # messages in each of them, about
WHY_POSTS = (
    "the disk waits for Python. Where a disk syncs this often, 1.5 of it leaves 34 µs for a post, which is less than "
    "a constant answer takes; a bare application that inserts each body as one row reaches 0.5. Commits hold up to 64 "
    "posts each, and syncing is 2% of a post's time. On a disk that syncs 1,500 times a second the same posts would "
    "be more than its 1.5 times. See decision 14."
)
WHY_LISTS = (
    "SQL alone is half a constant answer, so without any of our Python it would be 1.5. Pages are stored as they are "
    "answered, read on the loop and joined, and connections have no locks; a page put together by SQLite took as "
    "long. See decision 14."
)


class Posts(Measure):
    """What the disk costs."""

    rows = (
        Row("durable posts/s over HTTP, 64 connections, one process, SQLite", "the same from memory", 0.4, 0.6, True),
        Row("the same posts/s", "the disk's fdatasync/s", 1.5, 3, True, why=WHY_POSTS),
    )
    method = (
        (
            "`parhelion serve` on a fresh folder, started by its command, against the same program whose messages "
            f"live in a dict. A load generator in a process of its own posts {len(sample.POST_BODY)} B with Basic "
            f"credentials into {sample.CONVERSATIONS} conversations at random: raw HTTP/1.1 on uvloop, keep-alive, 64 "
            "connections with one request under way each. Server on one core, generator on another, alike for both."
        ),
        "4 KB blocks written into a file of the same file system, each followed by fdatasync, one after the other.",
    )

    def __init__(self) -> None:
        per_second = "{:,.0f}".format
        self.durable, self.memory = Aside("SQLite posts/s", per_second), Aside("memory", per_second)
        self.disk = Aside("fdatasync/s", per_second)
        self.p99 = Aside("SQLite p99 ms", "{:.1f}".format)
        self.busy = Aside("the generator's core in use, memory side", "{:.0%}".format)
        self.cpu = Aside("server CPU µs a post, SQLite", "{:.0f}".format)
        self.memory_cpu = Aside("memory", "{:.0f}".format)
        self.asides = ((self.durable, self.memory, self.p99, self.cpu, self.memory_cpu, self.busy), (self.disk,))

    def round(self, quick: bool, number: int) -> None:
        seconds = 1.0 if quick else 3.0
        sides = [self.durable, self.memory]
        with folder() as place:
            self.disk.add(machine.fdatasyncs(place, 0.5 if quick else 1.0))
            for side in sides if number % 2 == 0 else sides[::-1]:
                app = servers.app(place / ("durable" if side is self.durable else "memory"))
                command = servers.parhelion(app) if side is self.durable else servers.memory(app)
                with servers.serving(command, app) as server:
                    paths, used = server.converse(), machine.cpu_until_now(server.process.pid)
                    found = post(server, paths, seconds)
                    used = machine.cpu_until_now(server.process.pid) - used
                (self.cpu if side is self.durable else self.memory_cpu).add(used / found["done"] * 1e6)
                side.add(found["rate"])
                if side is self.durable:
                    self.p99.add(found["p99"] * 1000)
                else:
                    self.busy.add(found["busy"])
        self.rows[0].add(self.durable.samples[-1] / self.memory.samples[-1])
        self.rows[1].add(self.durable.samples[-1] / self.disk.samples[-1])


class Lists(Measure):
    """One page."""

    rows = (
        Row(
            "list 100, p50, 1 connection, SQLite",
            "a constant 45 KB answer by the same kind of server",
            2,
            1.4,
            why=WHY_LISTS,
        ),
    )
    method = (
        (
            f"The newest page of one of {LISTED} conversations of about {FILLED} messages, against uvicorn (httptools, "
            "uvloop) and plain ASGI answering that very page as constant bytes. The same generator, one connection."
        ),
    )

    def __init__(self) -> None:
        micro = "{:.0f}".format
        self.listed, self.constant = Aside("list p50 µs", micro), Aside("constant", micro)
        self.size = Aside("page KB", "{:.1f}".format)
        self.asides = ((self.listed, self.constant, self.size),)

    @contextmanager
    def store(self, data: Path) -> Iterator[servers.App]:
        """An empty one."""
        yield servers.app(data)

    def round(self, quick: bool, number: int) -> None:
        seconds = 0.5 if quick else 1.5
        with (
            folder() as place,
            self.store(place / "data") as app,
            servers.serving(servers.parhelion(app), app) as server,
        ):
            paths = server.converse(LISTED)
            post(server, paths, 0, most=LISTED * FILLED)
            status, page = server.ask("GET", paths[0])
            assert status == 200, page
            constant = place / "page"
            constant.write_bytes(page)
            with servers.serving(servers.constant(constant)) as bare:
                bare.authorization, bare.app = server.authorization, server.app
                sides = [(self.listed, server), (self.constant, bare)]
                for side, asked in sides if number % 2 == 0 else sides[::-1]:
                    side.add(list_(asked, paths, seconds)["p50"] * 1e6)
        self.size.add(len(page) / 1000)
        self.rows[0].add(self.listed.samples[-1] / self.constant.samples[-1])


def post(server: servers.Server, paths: list[str], seconds: float, most: int | None = None) -> dict[str, float]:
    """64 connections post."""
    return load(
        port=server.port,
        connections=64,
        warm=1.0,
        seconds=seconds,
        method="POST",
        paths=paths,
        authorization=server.authorization,
        body=sample.POST_BODY.decode(),
        most=most,
    )


def list_(server: servers.Server, paths: list[str], seconds: float) -> dict[str, float]:
    """One connection lists."""
    return load(
        port=server.port,
        connections=1,
        warm=0.5,
        seconds=seconds,
        method="GET",
        paths=paths,
        authorization=server.authorization,
    )


def page_file(place: Path) -> Path:
    """The page of mixed messages, as a file to answer with."""
    path = place / "page"
    path.write_bytes(sample.page())
    return path
