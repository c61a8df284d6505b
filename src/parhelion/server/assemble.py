"""Putting the server together: the only file that knows every room.

DIR/
parhelion.db        messages and all else that is not a file (SQLite)
parhelion.db-...    what belongs to it: SQLite's log; the turns and bells of processes that have it open
media/              attachments, unless they are in a bucket
master.key          what the keys' secrets are made of: keep it as safe as the database, and apart from it

With a PostgreSQL the rows are there, and the folder holds the rest: see `Store`. What its nodes tell one another goes
through it, too, or over a bus.

A server under test (`rehearsing`) has none of these: its store, its files and its master key are in memory.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import uvicorn

from .bus.address import Bus
from .commands import Engines, Handlers, controls, handlers
from .databases import migrations
from .databases._file import File
from .databases._sound_file import SoundFile
from .databases.address import shown
from .databases.copying import Tables
from .databases.soundness import Soundness
from .databases.sqlite import Sqlite, SqliteInMemory
from .dispatch.afterwards import Afterwards
from .dispatch.posting import Poster
from .dispatch.sealing import Sealing
from .dispatch.stream import Stream
from .dispatch.tallying import Tallying
from .dispatch.webhooks import Webhooks
from .http import Application
from .http.application import PAGES
from .http.asgi import Asgi, Receive, Scope, Send
from .http.limiting import Held, Limiter
from .http.metering import Shared
from .http.overload import Gate
from .http.protocol import BoundedProtocol
from .ids import Ids
from .media.bucket import Bucket
from .media.directory import Directory
from .media.memory import MediaInMemory
from .media.stock import InBucket, InFolder, Stock
from .ports import DELIVER, NOTHING, TOLD, UNWATCHED, Clock, Database, Line, Media, UnusableStore, Watch
from .rows import master_key
from .rules.rates import UNLIMITED, Rates
from .rules.targets import OUTSIDE, Reach
from .rules.watching import CONSOLE, FETCHED, families
from .rules.whence import Network
from .stage import Contents, HandClock, Stage
from .vault import Vault
from .watch.exposing import Exposing
from .watch.numbers import Numbers

HERE = Reach(loopback=True)


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """Where all is kept: a data folder, and what stands beside it for some of it."""

    data: Path
    database: str | None = None  # the address of a PostgreSQL, which has the rows
    bucket: Bucket | None = None  # has the attachments
    master_key: Path | None = None  # its file; None: the one in the folder
    bus: Bus | None = None  # carries the bells between nodes; None: the PostgreSQL does

    def __post_init__(self) -> None:
        if self.bus is not None and self.database is None:
            raise ValueError(
                "a bus is for servers that share a PostgreSQL: say where that is (--database), or leave out the bus "
                "(--bus). Workers on one folder need none"
            )

    @property
    def key(self) -> Path:
        """The file of the master key."""
        return self.master_key or self.data / "master.key"

    @property
    def has_folder(self) -> bool:
        """Whether anything of it is in the folder."""
        return self.database is None or self.bucket is None or self.master_key is None

    def __str__(self) -> str:
        """Without a password."""
        places = [str(self.data)] if self.has_folder else []
        if self.database is not None:
            places.append(shown(self.database))
        places += [str(each) for each in (self.bucket, self.bus) if each is not None]
        return " and ".join(places)

    @property
    def rows(self) -> str:
        """Where the rows are, without a password."""
        return str(self.data) if self.database is None else shown(self.database)

    @property
    def is_there(self) -> bool:
        """False where there is no file. Whether there is anything in a database, only that can say."""
        return self.database is not None or (self.data / "parhelion.db").exists()

    def need(self) -> None:
        """`UnusableStore` where there is no file, and none is to be made."""
        if not self.is_there:
            raise UnusableStore(f"there is no store in {self.data}: parhelion serve makes one")

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Watching:
    """Who watches a server, and who may see what is counted."""

    watch: Watch = UNWATCHED
    numbers: Numbers | None = None  # shown at /metrics
    keyed: bool = True  # to who has a key of the account


@asynccontextmanager
async def engines(
    store: Store,
    clock: Clock = time.time,
    reach: Reach = OUTSIDE,
    rates: Rates = UNLIMITED,
    watch: Watch = UNWATCHED,
) -> AsyncGenerator[Engines]:
    """The engines over a store, made when it does not exist. Any number of processes may have it open."""
    vault, is_new = await _vault(store)
    rows = rows_of(store, vault, watch)
    tally = Tallying(rows, clock)
    try:
        await rows.open(migrations.scripts())
        if not await master_key.belongs(rows, vault.fingerprint()):
            if is_new:  # and nobody's: another node was faster
                store.key.unlink(missing_ok=True)
            raise UnusableStore(
                f"{store.key} is another one than that of this store's keys: put theirs there, as another node has it"
            )
        media = media_of(store.bucket or store.data / "media", clock)
        live = Stream(rows, clock, watch=watch)
        yield Engines(rows, media, clock, Ids(clock), vault, live, tally, reach, rates, newest=_newest())
    finally:
        await tally.close()
        await rows.close()


def _newest() -> int:
    return max(version for version, _ in migrations.scripts())


@asynccontextmanager
async def unopened(store: Store, *, make: bool = False) -> AsyncGenerator[Database]:
    """The rows of a store as they are. `make`: also of one that is not there yet."""
    if not make:
        store.need()
    rows = rows_of(store)
    try:
        yield rows
    finally:
        await rows.close()


@asynccontextmanager
async def serving(
    store: Store,
    public_url: str | None = None,
    clock: Clock = time.time,
    reach: Reach = OUTSIDE,
    rates: Rates = UNLIMITED,
    *,
    dispatch: bool = True,
    several: bool = False,
    console: bool = True,
    watching: Watching = Watching(),
    proxies: Sequence[Network] = (),
    audit_days: int = 0,
) -> AsyncGenerator[Application]:
    """The application at work: engines open, what a crash left behind settled, what comes after commits done, and
    events on their way to webhooks and to who listens. `reach`: which targets webhooks may have beside those on the
    outside. `rates`: how often apps and keys may ask. `dispatch`: False where others do what comes after commits.
    `several`: whether other processes answer on the same folder, and count with this one how often somebody asks.
    `console`: whether there are pages for people, under /console. `watching`: who is told what it does. `proxies`:
    whose word on where a request comes from is believed. `audit_days`: how long the audit log is kept; 0: for ever.
    """
    watch, text = watching.watch, None
    async with engines(store, clock, reach, rates, watch) as opened, AsyncExitStack() as work:
        await Afterwards(opened.database, opened.media, clock).settle()
        if dispatch:
            await work.enter_async_context(_dispatching(opened, watch, audit_days))
        await work.enter_async_context(_running(opened.live, opened.tally))
        meters = Shared(opened.database) if several or store.database is not None else Held()
        limiter = Limiter(rates, meters, clock) if any(rates) else None
        shown = _console(clock, public_url, store.bucket) if console else None
        if watching.numbers is not None:
            exposing = Exposing(watching.numbers, opened.database, clock)
            work.push_async_callback(exposing.close)
            text = exposing.text
        yield Application(
            handlers,
            opened,
            public_url=public_url,
            limiter=limiter,
            console=shown,
            watch=watch,
            text=text,
            keyed=watching.keyed,
            proxies=proxies,
        )


def counted(several: int = 1) -> Numbers:
    """What is counted of a server of so many processes, made before they are forked."""
    operations = [each.operation_id for each in handlers]
    return Numbers(families([*operations, *PAGES, FETCHED, CONSOLE, NOTHING]), several)


def _console(clock: Clock, public_url: str | None, bucket: Bucket | None = None) -> Callable[[Asgi], Asgi]:
    from .console import Console  # who serves without one need not wait for it

    pictures = [bucket.public] if bucket is not None and bucket.public is not None else []
    return partial(Console, clock=clock, public_url=public_url, pictures=pictures)


@asynccontextmanager
async def dispatching(
    store: Store,
    clock: Clock = time.time,
    reach: Reach = OUTSIDE,
    watch: Watch = UNWATCHED,
    audit_days: int = 0,
) -> AsyncGenerator[Webhooks]:
    """What comes after commits, alone: done for all who have the store. Answers who sends, to be asked what it did."""
    async with (
        engines(store, clock, reach, watch=watch) as opened,
        _running(opened.tally),
        _dispatching(opened, watch, audit_days, everywhere=True) as webhooks,
    ):
        yield webhooks


@asynccontextmanager
async def _dispatching(
    opened: Engines, watch: Watch, audit_days: int, *, everywhere: bool = False
) -> AsyncGenerator[Webhooks]:
    """`everywhere`: what other processes commit is done as soon as what this one does."""
    poster = Poster(opened.reach)
    webhooks = Webhooks(
        opened.database, opened.vault, opened.clock, poster, opened.tally, everywhere=everywhere, watch=watch
    )
    afterwards = Afterwards(opened.database, opened.media, opened.clock, everywhere=everywhere, pulse=time.monotonic)
    sealing = Sealing(opened.database, opened.vault, opened.clock, audit_days)
    try:
        async with _running(afterwards, webhooks, sealing):
            yield webhooks
    finally:
        await webhooks.close()
        await poster.close()


class _Worker(Protocol):
    async def run(self) -> None: ...


@asynccontextmanager
async def _running(*workers: _Worker) -> AsyncGenerator[None]:
    work = [asyncio.create_task(each.run()) for each in workers]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


@asynccontextmanager
async def rehearsing(
    public_url: str | None = None, reach: Reach = HERE, clock: Clock = time.time
) -> AsyncGenerator[Rehearsal]:
    """The application at work for tests: in memory, empty, and steered by its controls. `clock`: the real one, which
    its own begins with.
    """
    vault, poster = Vault(secrets.token_bytes(64)), Poster(reach)
    empty = SqliteInMemory()
    try:
        await empty.open(migrations.scripts())
        image = empty.image()
    finally:
        await empty.close()
    nothing = Contents(image, {}, "0" * 24)

    async def build(stage: Stage[_World], contents: Contents | None, clock: HandClock) -> _World:
        return _World(stage, contents or nothing, clock, vault, reach, poster, public_url)

    stage = Stage(build, clock)
    await stage.open()
    try:
        yield Rehearsal(stage)
    finally:
        await stage.close()
        await poster.close()


class Rehearsal:
    """The application of a server under test: whatever world is played answers."""

    def __init__(self, stage: Stage[_World]) -> None:
        self.stage = stage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.stage.world.answer(scope, receive, send)

    @property
    def engines(self) -> Engines:
        """Those of the world that is played. After a reset they are others."""
        return self.stage.world.engines


class _World:
    """A store in memory, what works on it, and what is answered from it."""

    def __init__(
        self,
        stage: Stage[_World],
        contents: Contents,
        clock: HandClock,
        vault: Vault,
        reach: Reach,
        poster: Poster,
        public_url: str | None,
    ) -> None:
        self.clock = clock
        self._database, self._media = SqliteInMemory(contents.store), MediaInMemory(contents.files)
        self._ids, self._live = Ids(clock), Stream(self._database, clock, pulse=time.monotonic)
        self._ids.after(contents.last)
        # Always the same who: leases that a snapshot has kept are ours. The same dice, too: tests know when to look.
        self._tally = Tallying(self._database, clock)
        self._webhooks = Webhooks(
            self._database, vault, clock, poster, self._tally, dice=lambda: 0.5, who="stage", pulse=time.time
        )
        self.engines = Engines(
            self._database,
            self._media,
            clock,
            self._ids,
            vault,
            self._live,
            self._tally,
            reach,
            stage=stage,
            newest=_newest(),
        )
        shown = _console(clock, public_url)
        self._application = Application(REHEARSED, self.engines, public_url=public_url, console=shown)
        self._work: list[asyncio.Task[None]] = []
        self._answering = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._answering += 1
        self._idle.clear()
        try:
            await self._application(scope, receive, send)
        finally:
            self._answering -= 1
            if not self._answering:
                self._idle.set()

    def start(self) -> None:
        afterwards = Afterwards(self._database, self._media, self.clock)
        self._work = [asyncio.create_task(each.run()) for each in (afterwards, self._webhooks, self._live, self._tally)]

    def contents(self) -> Contents:
        return Contents(self._database.image(), self._media.files(), self._ids.next())

    async def moved(self) -> None:
        self._database.ring(DELIVER, TOLD)
        await self._sweep()
        await self._webhooks.begin()

    async def settled(self) -> None:
        await self._sweep()
        await self._webhooks.settled()
        await self._tally.flush()

    async def _sweep(self) -> None:
        # By somebody new, who does not know when it was last looked at what is kept no longer.
        await Afterwards(self._database, self._media, self.clock).once()

    async def stop(self) -> None:
        for task in self._work:
            task.cancel()
        self._live.end()
        await asyncio.gather(*self._work, self._webhooks.close(at_once=True), return_exceptions=True)

    async def close(self, *, now: bool = False) -> None:
        if not now:
            await self._idle.wait()
        await self._database.close()


REHEARSED = Handlers({**handlers, **controls})


def configured(app: Application | Rehearsal, grace: float, gate: Gate | None = None) -> uvicorn.Config:
    """How uvicorn is to serve it: with every connection held to its bounds, and nothing said that was not asked for.

    `grace`: seconds that requests under way have when the server is stopped. `gate`: the bounds of all connections
    together, when they are not the usual ones.
    """
    return uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(BoundedProtocol, gate=gate)),  # it is only called
        ws="none",
        lifespan="off",
        proxy_headers=False,  # who stands before us is said with --public-url, not by each request
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=cast("int", grace),  # it is only waited for
    )


def tables_of(store: Store, *, source: bool) -> Tables:
    """The rows of a store that is there, for who copies them."""
    if store.database is None:
        return File(store.data / "parhelion.db")
    from .databases._shared import Shared  # of an extra

    return Shared(store.database, source=source)


def fingerprint_of(key: Path) -> str:
    """By which the master key in a file is known again. ValueError when it is none."""
    return Vault(key.read_bytes()).fingerprint()


def soundness_of(store: Store) -> Soundness:
    """The rows of a store that is there, for who looks whether they are as they should be."""
    if store.database is None:
        return SoundFile(store.data / "parhelion.db")
    from .databases._sound_shared import SoundShared  # of an extra

    return SoundShared(store.database)


def stock_of(store: Store, clock: Clock = time.time) -> Stock:
    """The files of a store, for the same."""
    if store.bucket is None:
        return InFolder(store.data / "media")
    from .media.s3 import S3  # of an extra

    return InBucket(S3(store.bucket, clock), store.bucket.prefix)


def media_of(place: Path | Bucket, clock: Clock = time.time) -> Media:
    """Where attachments are."""
    return Directory(place) if isinstance(place, Path) else _media_in(place, clock)


def rows_of(store: Store, vault: Vault | None = None, watch: Watch = UNWATCHED) -> Database:
    """Where the rows are, to be opened before they are used. `vault`: when bells are to go over the store's bus."""
    if store.database is None:
        return Sqlite(store.data / "parhelion.db", watch)
    from .databases.postgres import Postgres  # of an extra

    line = None if store.bus is None or vault is None else _line(store.bus, vault)
    return Postgres(store.database, line=line, watch=watch)


def _line(bus: Bus, vault: Vault) -> Line:
    from .bus.nats import Nats  # of an extra, too

    return Nats(bus, vault.derived("bus", "store")[:16])  # any number of stores may be on one bus


def _media_in(bucket: Bucket, clock: Clock) -> Media:
    from .media.s3 import S3  # an extra, which nobody else needs

    return S3(bucket, clock)


def auditing(store: Store) -> bytes:
    """The key of a store's audit log, which its master key alone tells."""
    if not store.key.exists():
        raise UnusableStore(f"there is no master key at {store.key}: say where it is (--data, or --master-key-file)")
    return Vault.at(store.key).auditing


async def _vault(store: Store) -> tuple[Vault, bool]:
    """The vault of a store, and whether its master key was made just now: only for a store that has none."""
    if store.has_folder:
        await asyncio.to_thread(store.data.mkdir, mode=0o700, parents=True, exist_ok=True)
    if store.key.exists():
        return Vault.at(store.key), False
    if store.master_key is not None:
        raise UnusableStore(
            f"there is no master key at {store.key}. Copy it from another node; for a new store make one, once, and "
            f"give it to all nodes: (umask 077; head -c 64 /dev/urandom > {store.key})"
        )
    if await _has_key(store):
        raise UnusableStore(
            f"{store.key} is missing, and without it no key of this store works: put it back, or copy it from another "
            "node"
        )
    return await asyncio.to_thread(Vault.at, store.key), True


async def _has_key(store: Store) -> bool:
    """Whether a store belongs to a master key already."""
    if store.database is None:
        return (store.data / "parhelion.db").exists()
    rows = rows_of(store)
    try:
        await rows.open(migrations.scripts())
        return await master_key.fingerprint(rows) is not None
    finally:
        await rows.close()
