"""What is done for a request, counted: nothing here looks at a clock, so a slow machine counts the same.

The application is called without a socket, as it is served: on uvloop, on a file, with its workers beside it. What it
does is told by SQLite (each statement, each commit), by the interpreter (each call) and by tracemalloc.

    a request   its own steps on the loop, from one await to the next, and nothing of what comes in between
    the writer  the thread that writes: its statements, and what is called there
    beside      statements that the workers run on the loop
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import re
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, coroutine
from typing import Any, TypeVar

import apsw

import parhelion
from parhelion.operations import AppKeys
from parhelion.server import rows
from parhelion.server.assemble import Store, Watching, counted, serving
from parhelion.server.commands import OPERATOR, Context, app_keys
from parhelion.server.http import Application
from parhelion.server.watch.counting import Counting
from tests.inside import Clock

T = TypeVar("T")
Go = Callable[[], Awaitable[None]]
OURS = str(Path(parhelion.__file__).parent)
LARGE = 4096  # bytes; what is smaller is no copy of a body
FEW, MANY = 4, 32  # rounds after which nothing is left over any more, and after which nothing fills any more
WRITER = "sqlite-writer"  # the thread that writes
# Statements that FTS5 has of its own, for whoever changes what it indexes. Their steps are told over and over again, so
# they are left out; what they do is in the log.
OF_THE_INDEX = re.compile("'main'\\.")
HELD_BY = "somebody else", 50_000  # who works at lanes instead of us, and for how many milliseconds


@dataclass
class Work:
    """What a request costs, or a batch of them. Where a measure has bounds, it is said what it is."""

    reads: float = 0
    beside: float = 0
    writes: float = 0
    commits: float = 0
    steps: int = 0
    calls: int = 0
    log: int = 0
    held: int = 0
    copied: int = 0
    body: int = 0  # bytes of the request or of its answer, whichever is longer
    kept: int = 0

    @property
    def copies(self) -> float:
        return round(self.copied / self.body, 2)


class Counter:
    """Hears of all that is done in the process while it is counting."""

    def __init__(self) -> None:
        self.reads = self.beside = self.writes = self.commits = self.steps = 0
        self._running = asyncio.get_running_loop()
        self._loop = threading.get_ident()
        self._ours = False
        self._calling: list[None] | None = None  # it grows by one a call, whichever thread it is
        self.memory: Memory | None = None  # when that is what is counted
        self._hears_writer = False
        self._awaited = "", asyncio.Event()

    # -- statements -----------------------------------------------------------------------------------------------

    def watch(self, connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, self._ran)
        connection.set_commit_hook(self._commits)

    def sees(self, sql: str) -> asyncio.Event:
        """When the statement has been run."""
        self._awaited = sql, asyncio.Event()
        return self._awaited[1]

    def _ran(self, told: dict[str, Any]) -> None:
        if told["sql"] == self._awaited[0]:
            self._running.call_soon_threadsafe(self._awaited[1].set)
        if OF_THE_INDEX.search(told["sql"]):
            return
        if threading.get_ident() != self._loop:
            self.writes += 1
        elif self._ours:
            self.reads += 1
        else:
            self.beside += 1
            return
        self.steps += told["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"]

    def _commits(self) -> bool:
        self.commits += 1
        return False

    def forget(self) -> None:
        self.reads = self.beside = self.writes = self.commits = self.steps = 0

    # -- calls ----------------------------------------------------------------------------------------------------

    @contextmanager
    def calls(self) -> Iterator[list[None]]:
        """As many of them as were made."""
        assert self._hears_writer, f"no thread is called {WRITER}"
        self._calling = calling = []
        try:
            yield calling
        finally:
            self._calling = None

    def in_thread(self, frame: FrameType, event: str, argument: Any) -> None:
        """For each thread that begins: of the one that writes, what the package calls is counted."""
        writes = threading.current_thread().name == WRITER
        self._hears_writer |= writes
        sys.setprofile(self._called_there if writes else None)

    def _called_there(self, frame: FrameType, event: str, argument: Any) -> None:
        if self._calling is None or event not in {"call", "c_call"}:
            return
        by = frame if event == "c_call" else frame.f_back
        if _is_ours(frame.f_code) or (by is not None and _is_ours(by.f_code)):
            self._calling.append(None)

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        if event in {"call", "c_call"} and frame.f_code.co_filename != __file__ and self._calling is not None:
            self._calling.append(None)

    # -- a request ------------------------------------------------------------------------------------------------

    @coroutine
    def of(self, request: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """The same, and its steps are known to be a request's."""
        step = partial(request.send, None)
        while True:
            before = sys.getprofile()
            self._ours = True
            if self._calling is not None:
                sys.setprofile(self._called)
            elif self.memory is not None:
                sys.setprofile(self.memory.looked_at)
            try:
                waits_for = step()
            except StopIteration as done:
                return done.value
            finally:
                sys.setprofile(before)
                self._ours = False
            try:
                yield waits_for
            except BaseException as trouble:  # noqa: BLE001 - whatever it is, it is the request's to know
                step = partial(request.throw, trouble)
            else:
                step = partial(request.send, None)


class Memory:
    """What is held at once; and what comes to be, between one look and the next: a copy is seen even when it goes."""

    def __init__(self) -> None:
        self.most = self.copied = 0
        gc.collect()
        tracemalloc.reset_peak()
        self._base = self._last = tracemalloc.get_traced_memory()[0]

    def look(self) -> None:
        now, peak = tracemalloc.get_traced_memory()
        self.most = max(self.most, peak - self._base)
        if peak - self._last >= LARGE:
            self.copied += peak - self._last
        tracemalloc.reset_peak()
        self._last = now

    def looked_at(self, frame: FrameType, event: str, argument: Any) -> None:
        """At each call, and at each return from one."""
        self.look()


@dataclass
class Place:
    """A server with an app in it, and who asks there."""

    application: Application
    counter: Counter
    clock: Clock
    data: Path
    authorization: str
    secret: tuple[str, str] = ("", "")
    app: str = ""
    asked: int = 0  # requests
    _most: int = field(default=0, init=False)

    async def ask(
        self,
        method: str,
        path: str,
        pieces: Iterable[bytes] = (),
        kind: str = "application/json",
        *,
        keep: bool = False,
    ) -> bytes:
        """The answer, or nothing, when nobody wants to keep it. What is refused fails the test."""
        path, _, query = path.partition("?")
        coming = [*pieces]
        coming.reverse()
        size = sum(map(len, coming))
        begun = {*asyncio.all_tasks()}
        said = False
        answered = 0
        kept: list[bytes] = []

        async def receive() -> dict[str, Any]:
            nonlocal said
            if said:
                await asyncio.get_running_loop().create_future()  # who asks stays, and says no more
            if self.counter.memory is not None and coming:
                # What was begun for the piece before is over, so it does not matter how fast it was.
                if others := asyncio.all_tasks() - begun - {asyncio.current_task()}:
                    await asyncio.wait(others)
                self.counter.memory.look()
            piece = coming.pop() if coming else b""
            said = not coming
            return {"type": "http.request", "body": piece, "more_body": not said}

        async def send(message: Any) -> None:
            nonlocal answered
            if self.counter.memory is not None:
                self.counter.memory.look()
            if message["type"] == "http.response.start":
                assert message["status"] < 300, (method, path, message)
                return
            answered += len(message["body"])
            if keep:
                kept.append(message["body"])

        headers = [(b"host", b"inside"), (b"authorization", self.authorization.encode())]
        if size:
            headers += [(b"content-type", kind.encode()), (b"content-length", b"%d" % size)]
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers,
        }
        await self.counter.of(self.application(scope, receive, send))
        self.asked += 1
        self._most = max(size, answered)
        return b"".join(kept)

    async def made(self, path: str, body: Any) -> Any:
        return json.loads(await self.ask("POST", path, [json.dumps(body).encode()], keep=True))

    async def leave_to_others(self, webhook: str, conversation: str) -> None:
        """What the webhook is to be sent of a conversation: somebody else is at it, so nothing is sent by us."""
        who, milliseconds = HELD_BY
        now = round(self.clock() * 1000)
        lane = webhook + rows.events.lane(conversation)
        await self.application.engines.database.write(rows.deliveries.lease(lane, who, now, now + milliseconds))

    async def count(self, go: Go, several: int) -> Work:
        """What it costs, when it has been done before."""
        work, counter = Work(), self.counter
        await _again(go, several)
        gc.disable()  # or it would call things in the midst of others
        try:
            with counter.calls() as calls:
                await _again(go, several)
            work.calls = round(len(calls) / several)

            counter.forget()
            before = self._log()
            await _again(go, several)
            work.log = (self._log() - before) // several
            work.reads, work.writes = counter.reads / several, counter.writes / several
            work.commits = counter.commits / several
            work.steps = round(counter.steps / several)
            work.beside = counter.beside // several  # they look once in a while, asked or not

            work.held, work.copied = await self._memory(go)
            work.body = self._most
            work.kept = await self._kept(go, several)
        finally:
            gc.enable()
        return work

    async def _memory(self, go: Go) -> tuple[int, int]:
        held: list[int] = []
        copied: list[int] = []
        tracemalloc.start()
        try:
            for _ in range(3):
                await _settled()
                self.counter.memory = Memory()
                await go()
                self.counter.memory.look()
                held.append(self.counter.memory.most)
                copied.append(self.counter.memory.copied)
        finally:
            self.counter.memory = None
            tracemalloc.stop()
        return min(held), min(copied)

    async def _kept(self, go: Go, several: int) -> int:
        """What fills is full in the end, and what is left over from before is gone; what leaks leaks for ever."""
        kept: list[int] = []
        while len(kept) < FEW or (any(kept[-2:]) and len(kept) < MANY):
            gc.collect()
            before, asked = sys.getallocatedblocks(), self.asked
            await _again(go, several)
            gc.collect()
            kept.append(max(0, round((sys.getallocatedblocks() - before) / (self.asked - asked))))
        return max(kept[-2:])

    def _log(self) -> int:
        return (self.data / "parhelion.db-wal").stat().st_size


async def _again(go: Go, several: int) -> None:
    for _ in range(several):
        await go()
        await _settled()


async def _settled() -> None:
    """Whoever heard a bell, or was cancelled, has had their turn."""
    for _ in range(8):
        await asyncio.sleep(0)


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(OURS)


@asynccontextmanager
async def place(data: Path) -> AsyncIterator[Place]:
    """A fresh server, watched from its first statement."""
    counter, clock = Counter(), Clock()
    begun = counter.sees(rows.oauth.expire(0, 1).steps[-1].sql)  # the last thing that is done when a server starts
    before = threading.getprofile()
    threading.setprofile(counter.in_thread)
    apsw.connection_hooks.append(counter.watch)
    try:
        numbers = counted()
        watching = Watching(Counting(numbers), numbers)
        async with serving(Store(data), clock=clock, watching=watching) as application:
            async with asyncio.timeout(60):
                await begun.wait()
            context = Context(application.engines, AppKeys.create, OPERATOR, "", "", "")
            account = await app_keys.create_for_account(context, "test")
            found = Place(application, counter, clock, data, _basic(account.id, account.secret))
            found.app = f"/v2/apps/{(await found.made('/v2/apps', {'displayName': 'test'}))['app']['id']}"
            key = (await found.made(f"{found.app}/keys", {"displayName": "test"}))["key"]
            found.authorization, found.secret = _basic(key["id"], key["secret"]), (key["id"], key["secret"])
            yield found
    finally:
        apsw.connection_hooks.remove(counter.watch)
        threading.setprofile(before)


def _basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
