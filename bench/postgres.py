"""The same over PostgreSQL: durable posts, a page of 100, and several nodes on one store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import engine, machine, sample, servers
from .load import load
from .measure import Measure, folder
from .posts import FILLED, LISTED, Lists, post
from .row import Aside, Row

POOL = 16  # connections, as of `pooled`
NODES = (1, 2, 3)
WHY_POSTS = (
    "PostgreSQL is on the same two cores, and works nearly as long for a post as the server does: 318 µs of CPU beside "
    "415, on a busy machine (`python -m bench.scale`). From memory, the server has its core to itself."
)
WHY_LISTS = (
    "a page is a hundred rows from another process. To ask for nothing takes 47 µs, for one row 100, for the page "
    "240, 15 of them for partitions; the rest is sending and reading 45 KB as rows. Joined by PostgreSQL into one "
    "value it took as long. A constant answer takes about 80."
)
PER_SECOND, MS = "{:,.0f}".format, "{:.1f}".format


@contextmanager
def missing(rows: tuple[Row, ...]) -> Iterator[None]:
    """Without a PostgreSQL there are no figures, and that is all."""
    try:
        yield
    except engine.NoServer as reason:
        for row in rows:
            row.missing = str(reason)


class PostgresPosts(Measure):
    """What commits on another program's disk cost, and what it is worth to group them."""

    rows = (
        Row(
            "durable posts/s over HTTP, 64 connections, one process, PostgreSQL",
            "the same from memory",
            0.45,
            0.6,
            True,
            why=WHY_POSTS,
        ),
        Row("the same posts/s", f"the same statements, a transaction each, pool of {POOL}", 3, 5, True),
    )
    method = (
        (
            f"As for SQLite, over a PostgreSQL of its own on this machine, {engine.SAID}: fsync and "
            "synchronous_commit are on. It is pinned to no core, so it takes what server and generator leave of both."
        ),
        (
            "The same server, each of whose writes is an ordinary transaction: begin, its four statements, commit, "
            f"over asyncpg's pool of {POOL}. What would tell its outcome after a lost connection is left out, which "
            "favours it."
        ),
    )

    def __init__(self) -> None:
        self.grouped, self.memory = Aside("PostgreSQL posts/s", PER_SECOND), Aside("memory", PER_SECOND)
        self.pooled = Aside("posts/s over the pool", PER_SECOND)
        self.p99, self.pooled_p99 = Aside("PostgreSQL p99 ms", MS), Aside("p99 ms", MS)
        self.cpu = Aside("server CPU µs a post, PostgreSQL", PER_SECOND)
        self.asides = ((self.grouped, self.memory, self.p99, self.cpu), (self.pooled, self.pooled_p99))

    def round(self, quick: bool, number: int) -> None:
        seconds = 1.0 if quick else 3.0
        sides = [self._grouped, self._memory, self._pooled]
        with missing(self.rows), folder() as place:
            for side in sides if number % 2 == 0 else sides[::-1]:
                side(place, seconds)
            self.rows[0].add(self.grouped.samples[-1] / self.memory.samples[-1])
            self.rows[1].add(self.grouped.samples[-1] / self.pooled.samples[-1])

    def _grouped(self, place: Path, seconds: float) -> None:
        with engine.database() as database:
            app = servers.app(place / "grouped", database)
            with servers.serving(servers.parhelion(app), app) as server:
                paths, used = server.converse(), machine.cpu_until_now(server.process.pid)
                found = post(server, paths, seconds)
                self.cpu.add((machine.cpu_until_now(server.process.pid) - used) / found["done"] * 1e6)
        self.grouped.add(found["rate"])
        self.p99.add(found["p99"] * 1000)

    def _memory(self, place: Path, seconds: float) -> None:
        app = servers.app(place / "memory")
        with servers.serving(servers.memory(app), app) as server:
            self.memory.add(post(server, server.converse(), seconds)["rate"])

    def _pooled(self, place: Path, seconds: float) -> None:
        with engine.database() as database:
            app = servers.app(place / "pooled", database)
            with servers.serving(servers.pooled(app), app) as server:
                found = post(server, server.converse(), seconds)
        self.pooled.add(found["rate"])
        self.pooled_p99.add(found["p99"] * 1000)


class PostgresLists(Lists):
    """One page that another program has."""

    rows = (
        Row(
            "list 100, p50, 1 connection, PostgreSQL",
            "a constant 45 KB answer by the same kind of server",
            4,
            2.5,
            why=WHY_LISTS,
        ),
    )
    method = (
        (
            f"As for SQLite: the newest page of one of {LISTED} conversations of about {FILLED} messages. Here "
            "it comes over a socket from another program."
        ),
    )

    def round(self, quick: bool, number: int) -> None:
        with missing(self.rows):
            super().round(quick, number)

    @contextmanager
    def store(self, data: Path) -> Iterator[servers.App]:
        with engine.database() as database:
            yield servers.app(data, database)


class Nodes(Measure):
    """Several servers on one store, which all could be on machines of their own."""

    rows = tuple(
        Row(f"durable posts/s, 64 connections, {several} nodes on one PostgreSQL", "1 node", least=True)
        for several in NODES[1:]
    )
    method = (
        (
            "As many `parhelion serve` as there are nodes, each at its own port and with its share of the connections. "
            "Nothing is pinned: nodes, PostgreSQL and generator share the cores of this machine, so a node more is no "
            "core more. It says what they cost one another, not what machines would be worth. For information."
        ),
        "As above.",
    )

    def __init__(self) -> None:
        self.rates = tuple(Aside(f"posts/s with {several}", PER_SECOND) for several in NODES)
        self.p99 = tuple(Aside(f"p99 ms with {several}", MS) for several in NODES)
        self.asides = ((*self.rates, *self.p99), ())

    def round(self, quick: bool, number: int) -> None:
        with missing(self.rows):
            for this in range(len(NODES)) if number % 2 == 0 else reversed(range(len(NODES))):
                found = self._posted(NODES[this], 1.0 if quick else 2.0)
                self.rates[this].add(found["rate"])
                self.p99[this].add(found["p99"] * 1000)
            for row, rate in zip(self.rows, self.rates[1:], strict=True):
                row.add(rate.samples[-1] / self.rates[0].samples[-1])

    def _posted(self, several: int, seconds: float) -> dict[str, float]:
        with ExitStack() as stack:
            place, database = stack.enter_context(folder()), stack.enter_context(engine.database())
            app = servers.app(place / "1", database)
            nodes = [app, *(_beside(app, place / str(node)) for node in range(2, several + 1))]
            running = [stack.enter_context(servers.serving(servers.parhelion(each), each, None)) for each in nodes]
            return load(
                None,
                port=running[0].port,
                others=[each.port for each in running[1:]],
                connections=64,
                warm=1.0,
                seconds=seconds,
                method="POST",
                paths=running[0].converse(),
                authorization=app.authorization,
                body=sample.POST_BODY.decode(),
            )


def _beside(app: servers.App, data: Path) -> servers.App:
    """The same store, as another node has it: with a copy of the key."""
    data.mkdir()
    shutil.copy(app.data / "master.key", data)
    return servers.App(data, app.id, app.authorization, app.database)
