"""More to do than can be done: what is refused, how, and that it costs nobody else anything.

First over real sockets with an application of a few lines, whose requests last as long as the test wants; with a single
turn to be had, whatever does not give it back is seen at once. Then with the server itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import uvicorn
import uvloop

from parhelion import AsyncClient, Patience
from parhelion.server import seldom
from parhelion.server.http import accepting, overload, protocol
from parhelion.server.http.accepting import Accepting
from parhelion.server.http.overload import BUSY, CONNECTIONS, TURNS, Gate, Room
from parhelion.server.http.protocol import BoundedProtocol
from parhelion.server.ports import Overloaded
from parhelion.server.seldom import Seldom
from tests.live import COMMAND, Caller, Live, pages

PATIENCE = 20.0  # seconds, in which whatever is waited for has happened
HELLO = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}).encode()


class Told(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """A connection, on which things are said as they are written."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self._writer = reader, writer

    def say(self, *pieces: str | bytes) -> None:
        self._writer.write(b"".join(each.encode() if isinstance(each, str) else each for each in pieces))

    def ask(self, method: str, path: str, body: bytes = b"", *headers: str) -> None:
        length = [f"content-length: {len(body)}"] if method == "POST" else []
        self.say("\r\n".join([f"{method} {path} HTTP/1.1", "host: here", *length, *headers, "", ""]), body)

    async def sent(self) -> None:
        """Once nearly all of it is on its way."""
        await self._writer.drain()

    async def told(self, *, bodiless: bool = False) -> Told:
        async with asyncio.timeout(PATIENCE):
            head, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            size = 0 if bodiless else int(headers.get("content-length", "0"))
            return Told(int(head.split()[1]), headers, await self.reader.readexactly(size))

    async def is_over(self) -> bool:
        """Whether nothing comes any more, and the other side has hung up."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionResetError):
                return await self.reader.read() == b""
            return True

    def hang_up(self) -> None:
        self._writer.transport.abort()

    async def gone(self) -> None:
        self.hang_up()
        with suppress(OSError):
            await self._writer.wait_closed()


class Doing:
    """Some work: `/wait` is done when it may be done, `/stream` and `/unread` do not end while somebody is there."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.begun = self.ended = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun += 1
        try:
            while (message := await receive()).get("more_body"):
                pass
            if message["type"] == "http.disconnect":
                return
            path, body = scope["path"], b"done"
            if path == "/wait":
                await self.may_end.wait()
            elif path == "/fail":
                raise RuntimeError(path)
            elif path == "/unread":
                body = bytes(20_000_000)
            length = [] if path == "/stream" else [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": length})
            await send({"type": "http.response.body", "body": body, "more_body": path in ("/stream", "/unread")})
            if path == "/unread":
                await send({"type": "http.response.body", "body": b""})
            if path == "/stream":
                await receive()
        finally:
            self.ended += 1


@dataclass
class Served:
    gate: Gate
    doing: Doing
    port: int
    uvicorn: uvicorn.Server
    lines: list[Line] = field(default_factory=list)

    async def line(self) -> Line:
        self.lines.append(Line(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.lines[-1]

    async def answers(self) -> None:
        """Once more: every turn that was taken has been given back."""

        async def asked() -> bool:
            line = await self.line()
            try:
                statuses: list[int] = []
                for method in ("POST", "GET"):
                    line.ask(method, "/")
                    statuses.append((await line.told()).status)
                return statuses == [200, 200]
            finally:
                line.hang_up()

        async with asyncio.timeout(PATIENCE):
            while not await asked():  # noqa: ASYNC110 - nobody says when
                await asyncio.sleep(0.01)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.005)


@asynccontextmanager
async def served(gate: Gate) -> AsyncGenerator[Served]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        doing = Doing()
        config = uvicorn.Config(
            doing, http=partial(BoundedProtocol, gate=gate), ws="none", lifespan="off", log_config=None
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listening])
        await server.on_tick(0)  # the date
        found = Served(gate, doing, listening.getsockname()[1], server)
        try:
            yield found
        finally:
            doing.may_end.set()
            for line in found.lines:
                await line.gone()
            for each in server.servers:
                each.close()
            async with asyncio.timeout(PATIENCE):
                while server.server_state.connections or server.server_state.tasks:  # noqa: ASYNC110 - the same
                    await asyncio.sleep(0.005)


def tell(story: Callable[[Served], Coroutine[Any, Any, None]], gate: Gate | None = None) -> None:
    async def run() -> None:
        async with served(gate or Gate(turns=1)) as server:
            await story(server)

    asyncio.run(run())


async def busy(server: Served) -> Line:
    """Somebody has the one turn."""
    line = await server.line()
    line.ask("POST", "/wait")
    await server.until(lambda: server.gate.is_full(reads=False))
    return line


# -- who is refused ------------------------------------------------------------------------------------------------


def test_one_too_many_is_told_at_once_to_come_again_and_may_do_so_on_its_connection() -> None:
    async def story(server: Served) -> None:
        first, second = await busy(server), await server.line()
        for _ in range(3):
            second.ask("POST", "/", b"body")
            refused = await second.told()
            assert (refused.status, refused.body) == (503, BUSY)
            assert refused.headers["retry-after"] == "1"
            assert refused.headers["content-type"] == "application/json; charset=utf-8"
            assert "date" in refused.headers
            assert "connection" not in refused.headers
            assert "idempotency-key-ttl" not in refused.headers
        assert server.doing.begun == 1
        server.doing.may_end.set()
        assert (await first.told()).status == 200
        second.ask("POST", "/")
        assert (await second.told()).status == 200
        assert json.loads(BUSY)["errors"][0]["code"] == "service_unavailable"

    tell(story)


def test_a_proxy_is_not_told_to_leave_because_there_is_much_to_do() -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        statuses: list[int] = []
        for path in ("/", "/readyz", "/readyz/", "/readyz?strict", "/healthz"):
            line.ask("GET", path)
            statuses.append((await line.told()).status)
        assert statuses == [503, 200, 503, 200, 200]

    tell(story, Gate(turns=0))


def test_who_only_reads_is_not_kept_out_by_who_writes_nor_the_other_way_round() -> None:
    async def story(server: Served) -> None:
        await busy(server)
        reading, other = await server.line(), await server.line()
        reading.ask("GET", "/")
        assert (await reading.told()).status == 200
        reading.ask("GET", "/wait")
        await server.until(lambda: server.gate.is_full(reads=True))
        other.ask("GET", "/")
        assert (await other.told()).status == 503
        server.doing.may_end.set()
        await server.answers()

    tell(story)


def test_the_body_of_who_was_refused_is_passed_over_whenever_it_comes() -> None:
    async def story(server: Served) -> None:
        await busy(server)
        line = await server.line()
        chunked = "POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n"
        for head, body in (
            ("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 300000\r\n\r\n", bytes(300_000)),
            (chunked, b"5\r\nhello\r\n0\r\n\r\n"),
            ("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 4\r\n\r\n", b"GET "),
        ):
            line.say(head)
            assert (await line.told()).status == 503
            line.say(body)
            line.ask("GET", "/")
            assert (await line.told()).status == 200

    tell(story)


def test_what_was_sent_without_waiting_for_answers_is_answered_in_its_order() -> None:
    async def story(server: Served) -> None:
        await busy(server)
        line = await server.line()
        for method in ("POST", "GET", "POST", "POST", "GET"):
            line.ask(method, "/")
        assert [(await line.told()).status for _ in range(2)] == [503, 200]
        # A POST may be refused while the GET before it is answered; then the connection has ended after the GET.

    tell(story)


def test_what_is_refused_behind_a_request_that_is_not_answered_yet_is_left_unanswered() -> None:
    async def story(server: Served) -> None:
        line = await busy(server)
        line.ask("POST", "/")
        line.ask("GET", "/")
        other = await server.line()
        other.ask("POST", "/")
        assert (await other.told()).status == 503
        server.doing.may_end.set()
        answer = await line.told()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert await line.is_over()
        assert server.doing.begun == 1
        await server.answers()

    tell(story)


@pytest.mark.parametrize(
    ("asked", "ends", "bodiless"),
    [
        ("HEAD / HTTP/1.1\r\nhost: here\r\n\r\n", False, True),
        ("POST / HTTP/1.0\r\n\r\n", True, False),
        ("POST / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n", True, False),
        ("POST / HTTP/1.1\r\nhost: here\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", False, False),
        ("POST / HTTP/1.1\r\nhost: here\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n", False, False),
    ],
)
def test_whoever_asks_is_refused_in_words_that_they_understand(asked: str, ends: bool, bodiless: bool) -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        line.say(asked)
        refused = await line.told(bodiless=bodiless)
        assert (refused.status, refused.headers["content-length"]) == (503, str(len(BUSY)))
        assert (refused.headers.get("connection") == "close") is ends
        if ends:
            assert await line.is_over()

    tell(story, Gate(turns=0))


def test_a_client_that_hears_it_for_the_first_time_knows_that_it_may_ask_again() -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        line.ask("POST", "/", b"", "Idempotency-Key: k")
        assert (await line.told()).headers["idempotency-key-ttl"] == "86400"

    tell(story, Gate(turns=0))


def test_refusals_that_nobody_reads_are_not_kept() -> None:
    async def story(server: Served) -> None:
        with closing(socket.socket()) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect(("127.0.0.1", server.port))
            line.setblocking(False)
            requests = b"POST / HTTP/1.1\r\nhost: a\r\n\r\n" * 1000
            cut = False
            async with asyncio.timeout(PATIENCE):
                while not cut:
                    try:
                        await asyncio.get_running_loop().sock_sendall(line, requests)
                    except (ConnectionResetError, BrokenPipeError):
                        cut = True

    tell(story, Gate(turns=0))


# -- whose turn it is ----------------------------------------------------------------------------------------------


async def unfinished(server: Served, line: Line) -> None:
    line.say("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\nhello")


async def streaming(server: Served, line: Line) -> None:
    line.ask("POST", "/stream")


async def unread(server: Served, line: Line) -> None:
    line.ask("POST", "/unread")


@pytest.mark.parametrize("leisurely", [unfinished, streaming, unread])
def test_who_keeps_the_server_waiting_keeps_nobody_else_waiting(leisurely: Callable[..., Any]) -> None:
    async def story(server: Served) -> None:
        for _ in range(5):
            await server.until(lambda: not server.gate.is_full(reads=False))
            await leisurely(server, await server.line())
        await server.until(lambda: server.doing.begun == 5)
        await server.answers()
        assert server.doing.ended == 2

    tell(story)


def test_a_body_that_comes_in_pieces_is_taken_and_its_turn_given_back() -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        for _ in range(3):
            await unfinished(server, line)
            await server.until(lambda: server.doing.begun > server.doing.ended)
            await server.answers()
            line.say("world")
            assert (await line.told()).status == 200
        await server.answers()

    tell(story)


def test_a_body_that_came_late_has_a_turn_once_it_is_there() -> None:
    async def story(server: Served) -> None:
        line, other = await server.line(), await server.line()
        line.say("POST /wait HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\nhello")
        await server.until(lambda: server.doing.begun == 1)
        await server.answers()
        line.say("world")
        await server.until(lambda: server.gate.is_full(reads=False))
        other.ask("POST", "/")
        assert (await other.told()).status == 503
        server.doing.may_end.set()
        assert (await line.told()).status == 200
        await server.answers()

    tell(story)


def test_a_turn_is_given_back_whatever_happens() -> None:
    async def story(server: Served) -> None:
        for _ in range(3):
            line = await server.line()
            line.ask("POST", "/fail")
            assert (await line.told()).status == 500
            await server.answers()
        gone = await busy(server)  # who hangs up leaves work behind, which counts until it is done
        gone.hang_up()
        await server.until(lambda: len(server.uvicorn.server_state.connections) == 0)
        other = await server.line()
        other.ask("POST", "/")
        assert (await other.told()).status == 503
        server.doing.may_end.set()
        await server.answers()

    logging.getLogger("uvicorn.error").disabled = True
    try:
        tell(story)
    finally:
        logging.getLogger("uvicorn.error").disabled = False


def test_turns_of_requests_that_were_never_begun_are_given_back() -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        for _ in range(4):
            line.ask("POST", "/wait")
        await server.until(lambda: server.gate.is_full(reads=False))
        assert server.doing.begun == 1
        line.hang_up()
        await server.until(lambda: len(server.uvicorn.server_state.connections) == 0)
        await server.answers()  # while the first one is still at work

    tell(story, Gate(turns=4))


def test_a_body_that_stays_away_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SILENCE", 0.2)

    async def story(server: Served) -> None:
        line = await server.line()
        await unfinished(server, line)
        assert await line.is_over()
        await server.until(lambda: server.doing.begun == server.doing.ended == 1)

    tell(story)


# -- connections ---------------------------------------------------------------------------------------------------


def test_a_connection_too_many_is_told_so_and_has_a_place_when_another_goes() -> None:
    async def story(server: Served) -> None:
        first, second = await server.line(), await server.line()
        for line in (first, second):
            line.ask("GET", "/")
            assert (await line.told()).status == 200
        third, fourth = await server.line(), await server.line()
        third.ask("GET", "/")
        refused = await third.told()
        assert (refused.status, refused.headers["connection"], refused.body) == (503, "close", BUSY)
        assert await third.is_over()
        first.ask("GET", "/")
        assert (await first.told()).status == 200  # who had a place has it still
        first.hang_up()
        second.hang_up()
        await server.until(lambda: len(server.uvicorn.server_state.connections) <= 2)
        fourth.ask("GET", "/")
        assert (await fourth.told()).status == 200

    tell(story, Gate(connections=2))


def test_an_answer_is_read_by_who_sends_on_before_reading_it() -> None:
    async def story(server: Served) -> None:
        line = await server.line()
        line.ask("POST", "/", bytes(20_000_000))
        await line.sent()
        assert (await line.told()).status == 503
        assert await line.is_over()

    tell(story, Gate(connections=0))


def test_connections_beyond_all_bounds_are_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SURPLUS", 3)

    async def story(server: Served) -> None:
        lines = [await server.line() for _ in range(5)]
        for line in lines[4:]:
            assert await line.is_over()
        lines[0].ask("GET", "/")
        assert (await lines[0].told()).status == 200
        for line in lines[1:4]:
            line.ask("GET", "/")
            assert (await line.told()).status == 503
        assert await lines[3].is_over()

    tell(story, Gate(connections=1))


def test_a_connection_too_many_has_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SURPLUS_TIME", 0.2)

    async def story(server: Served) -> None:
        assert await (await server.line()).is_over()

    tell(story, Gate(connections=0))


def test_who_comes_with_many_others_does_not_wait_a_round_of_the_loop_for_each_of_them() -> None:
    """As uvloop's own server lets them wait: one is let in at a time, and rounds are long when there is much to do."""

    async def rounds() -> int:
        let_in: list[asyncio.BaseProtocol] = []

        def made() -> asyncio.BaseProtocol:
            let_in.append(asyncio.Protocol())
            return let_in[-1]

        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            door = Accepting(listening, made)
            with ExitStack() as opened:
                for _ in range(200):
                    coming = opened.enter_context(socket.socket())
                    coming.connect(listening.getsockname())
                several = 0
                while len(let_in) < 200:
                    await asyncio.sleep(0)
                    several += 1
            door.close()
            await door.wait_closed()
        return several

    assert uvloop.run(asyncio.wait_for(rounds(), PATIENCE)) < 50


class LetIn(asyncio.Protocol):
    """Says that it was, and goes."""

    def __init__(self, said: asyncio.Event) -> None:
        self._said = said

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._said.set()
        transport.close()


class AtTheLastMoment(socket.socket):
    """Somebody else comes each time when it has just been said that nobody has."""

    connected = 0

    def accept(self) -> tuple[socket.socket, object]:
        try:
            return super().accept()
        except BlockingIOError:
            with socket.socket() as coming, suppress(TimeoutError):
                coming.settimeout(0.1)
                coming.connect(self.getsockname())
                self.connected += 1
            raise


@pytest.mark.skipif(sys.platform != "linux", reason="it is told to Linux")
def test_who_comes_while_the_door_is_closed_is_not_connected_first() -> None:
    """A connection that is reset may have carried a request: who made it cannot know that nothing has happened."""

    async def story() -> None:
        with AtTheLastMoment() as listening:
            listening.bind(("127.0.0.1", 0))
            where = listening.getsockname()
            await Accepting(listening, asyncio.Protocol).end()
            assert listening.connected == 0
        with socket.socket() as coming, pytest.raises(ConnectionRefusedError):
            coming.connect(where)

    uvloop.run(asyncio.wait_for(story(), PATIENCE))


@pytest.mark.skipif(sys.platform != "linux", reason="it is told to Linux")
def test_who_opens_a_door_that_another_has_closed_lets_people_in() -> None:
    async def story() -> None:
        let_in = asyncio.Event()

        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            await Accepting(socket.socket(fileno=os.dup(listening.fileno())), lambda: LetIn(let_in)).end()
            door = Accepting(listening, lambda: LetIn(let_in))
            await asyncio.to_thread(socket.create_connection(listening.getsockname(), PATIENCE).close)
            await let_in.wait()
            await door.end()

    uvloop.run(asyncio.wait_for(story(), PATIENCE))


def test_when_there_are_no_files_left_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(accepting, "PAUSE", 0.05)

    async def story() -> None:
        let_in = asyncio.Event()

        with socket.socket() as listening, socket.socket() as coming:
            listening.bind(("127.0.0.1", 0))
            door = Accepting(listening, lambda: LetIn(let_in))
            spare, soft = os.dup(0), resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (spare, soft[1]))
            try:
                coming.connect(listening.getsockname())
                while not caplog.records:  # noqa: ASYNC110 - nobody says when
                    await asyncio.sleep(0.005)
                assert not let_in.is_set()
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, soft)
                os.close(spare)
            await let_in.wait()
            door.close()
            await door.wait_closed()
        assert "no connection can be let in" in caplog.records[0].getMessage()

    uvloop.run(asyncio.wait_for(story(), PATIENCE))


# -- room for bodies, and what is logged ---------------------------------------------------------------------------


def test_an_app_gets_only_as_much_room_as_it_leaves_free() -> None:
    room = Room(most=100)
    with room.taken("a", 40), room.taken("a", 10):
        with pytest.raises(Overloaded), room.taken("a", 1):
            pass
        with room.taken("b", 25):
            with pytest.raises(Overloaded), room.taken("b", 1):
                pass
            with room.taken("c", 12):
                pass
    with room.taken("b", 50):
        pass
    with pytest.raises(Overloaded), room.taken("b", 51):
        pass


def test_what_is_refused_is_logged_once_in_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seldom, "EVERY", 0.05)

    async def story() -> None:
        tally = Seldom(overload.log, overload.REFUSED)
        for _ in range(1000):
            tally.count("this")
        tally.count("that")
        async with asyncio.timeout(PATIENCE):
            while len(caplog.records) < 2:  # noqa: ASYNC110 - nobody says when
                await asyncio.sleep(0.005)

    asyncio.run(story())
    assert [record.getMessage() for record in caplog.records] == [
        "more to do than can be done, so refused: this (1)",
        "more to do than can be done, so refused: this (999), that (1)",
    ]


# -- the server itself ---------------------------------------------------------------------------------------------


@contextmanager
def locked(live: Live) -> Iterator[None]:
    """Somebody else is writing to the store, so whatever is posted waits."""
    with closing(sqlite3.connect(live.data / "parhelion.db", isolation_level=None)) as database:
        database.execute("begin immediate")
        try:
            yield
        finally:
            database.execute("rollback")


def memory(live: Live) -> int:
    status = Path(f"/proc/{live.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@asynccontextmanager
async def lines(url: str, many: int) -> AsyncGenerator[list[Line]]:
    """Connections, as many as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < many + 500:
        pytest.skip(f"a process may have {hard} files open here, and this needs {many}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, many + 500), hard))
    found: list[Line] = []
    try:
        place = urlsplit(url)
        while len(found) < many:
            found += [Line(*await asyncio.open_connection(place.hostname, place.port))]
        yield found
    finally:
        for each in found:
            await each.gone()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def post(line: Line, app: Caller, conversation: str) -> None:
    line.ask("POST", app.messages(conversation), HELLO, *_who(app))


def _who(app: Caller) -> tuple[str, str]:
    return f"authorization: {app.basic()}", "content-type: application/json"


async def id_of(line: Line) -> str | None:
    """Of the message that was posted; None when that was refused, as it should be."""
    answer = await line.told()
    if answer.status == 201:
        return str(json.loads(answer.body)["messages"][0]["id"])
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (503, BUSY, "1")
    return None


@pytest.mark.embedded
def test_as_many_as_have_a_turn_are_posted_and_the_others_are_told_while_they_wait(serve: Callable[..., Live]) -> None:
    live = serve()
    app = live.app()
    place = app.conversation()

    async def story() -> list[str]:
        async with lines(live.url, TURNS + 100) as posting:
            with locked(live):
                for line in posting:
                    post(line, app, place)
                answers = [asyncio.ensure_future(id_of(line)) for line in posting]
                waiting: set[asyncio.Future[str | None]] = set(answers)
                refused = 0
                async with asyncio.timeout(PATIENCE):
                    while refused < 100:
                        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                        assert {each.result() for each in done} == {None}
                        refused += len(done)
                reading = await asyncio.to_thread(app.get, app.messages(place))
                assert (reading.status, reading.json["messages"]) == (200, [])
            ids = await asyncio.gather(*waiting)
        return [id for id in ids if id is not None]

    ids = asyncio.run(story())
    assert len(ids) == TURNS
    assert set(pages(app, place)) == set(ids)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from /proc")
def test_two_thousand_who_post_at_once_are_posted_or_refused_and_nothing_else(serve: Callable[..., Live]) -> None:
    live = serve()
    app = live.app()
    places = [app.conversation() for _ in range(20)]
    before = memory(live)

    async def keep_on(line: Line, place: str) -> list[str | None]:
        ids: list[str | None] = []
        for _ in range(3):
            post(line, app, place)
            ids.append(await id_of(line))
        return ids

    async def listing(enough: asyncio.Event) -> int:
        async with lines(live.url, 1) as [line]:
            answered = 0
            while not enough.is_set():
                line.ask("GET", app.messages(places[0]), b"", *_who(app))
                assert (await line.told()).status == 200
                answered += 1
            return answered

    async def story() -> dict[str, list[str]]:
        posted: dict[str, list[str]] = {place: [] for place in places}
        async with lines(live.url, 2000) as posting:
            whose = [places[number % len(places)] for number in range(len(posting))]
            enough = asyncio.Event()
            reading = asyncio.ensure_future(listing(enough))
            all_of_them = await asyncio.gather(*map(keep_on, posting, whose))
            enough.set()
            assert await reading > 0
        for place, ids in zip(whose, all_of_them, strict=True):
            posted[place] += [id for id in ids if id is not None]
        return posted

    posted = asyncio.run(asyncio.wait_for(story(), 120))
    several = sum(map(len, posted.values()))
    grown = memory(live) - before
    print(f"{several} of 6000 posted, {6000 - several} refused; the peak of memory rose by {grown / 1e6:.0f} MB")
    assert several >= TURNS
    assert {place: sorted(ids) for place, ids in posted.items()} == {place: pages(app, place) for place in places}
    assert grown < 150_000_000


def test_bodies_that_come_late_are_posted_or_refused_and_nothing_else(serve: Callable[..., Live]) -> None:
    """They have no turn while they come, so more of them than there are turns may be whole at the same time."""
    live = serve()
    app = live.app()
    place = app.conversation()

    async def story() -> Counter[bool]:
        async with lines(live.url, 3 * TURNS) as posting:
            for line in posting:
                head = [f"POST {app.messages(place)} HTTP/1.1", "host: here", *_who(app)]
                line.say("\r\n".join([*head, f"content-length: {len(HELLO)}", "", ""]), HELLO[:10])
            for line in posting:
                line.say(HELLO[10:])
            return Counter([await id_of(line) is not None for line in posting])

    found = asyncio.run(asyncio.wait_for(story(), 120))
    assert found[True] + found[False] == 3 * TURNS
    assert len(pages(app, place)) == found[True] > 0


def test_an_app_that_uploads_slowly_leaves_room_for_others(serve: Callable[..., Live]) -> None:
    live = serve()
    app, other = live.app(), live.app()
    most = overload.BODIES // overload.UPLOAD // 2

    async def story() -> None:
        kind = "content-type: multipart/form-data; boundary=edge"
        head = [f"POST {app.app}/attachments?access=public HTTP/1.1", "host: here", _who(app)[0], kind]
        begin = ["\r\n".join([*head, "content-length: 1000000", "", ""]), "--edge\r\n"]

        async def is_full() -> bool:
            answer = await asyncio.to_thread(app.upload, b"hello", "a.txt")
            assert answer.status == 201 or (answer.status, answer.body) == (503, BUSY)
            return answer.status == 503

        async with AsyncExitStack() as opened, asyncio.timeout(PATIENCE):
            uploading = await opened.enter_async_context(lines(live.url, most))
            for line in uploading:
                line.say(*begin)
            while not await is_full():  # who asked that had the last room, so somebody slow was refused
                [line] = await opened.enter_async_context(lines(live.url, 1))
                line.say(*begin)
            assert (await asyncio.to_thread(other.upload, b"hello", "a.txt")).status == 201
            assert (await asyncio.to_thread(app.conversation)) != ""
            uploading[0].hang_up()
            await until(is_full, False)

    asyncio.run(story())


async def until(asked: Callable[[], Coroutine[Any, Any, bool]], wanted: bool) -> None:
    async with asyncio.timeout(PATIENCE):
        while await asked() is not wanted:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0.01)


def test_so_many_connections_and_no_more(serve: Callable[..., Live]) -> None:
    live = serve("--max-connections", "5")
    app = live.app()

    async def story() -> None:
        async with lines(live.url, 5) as first:
            for line in first:
                line.ask("GET", app.app, b"", *_who(app))
                assert (await line.told()).status == 200
            async with lines(live.url, 1) as [more]:
                more.ask("GET", app.app, b"", *_who(app))
                assert (await more.told()).status == 503
                assert await more.is_over()
            first[0].ask("GET", app.app, b"", *_who(app))
            assert (await first[0].told()).status == 200
            first[1].hang_up()

            async def answered() -> bool:
                return (await asyncio.to_thread(app.get, app.app)).status == 200

            await until(answered, True)

    asyncio.run(story())


def test_a_client_comes_again_when_it_is_refused_at_its_first_post(serve: Callable[..., Live]) -> None:
    live = serve("--max-connections", "1")
    app = live.app()
    place = app.conversation()
    paused: list[float] = []

    async def story() -> None:
        async with lines(live.url, 1) as [line]:
            line.ask("GET", app.app, b"", *_who(app))
            assert (await line.told()).status == 200

            async def sleep(seconds: float) -> None:
                paused.append(seconds)
                line.hang_up()

            async with AsyncClient(
                live.url,
                app_id=app.app_id,
                key_id=app.key_id,
                secret=app.secret,
                retries=Patience(attempts=1000, dice=lambda: 0.0),
                sleep=sleep,
            ) as client:
                await client.messages.post(place, "hello")

    asyncio.run(story())
    assert set(paused) == {1.0}
    assert len(pages(app, place)) == 1


def test_no_more_connections_than_the_system_has_files_for(tmp_path: Path) -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400)); " + COMMAND[-1]
    with subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", "0", "--data", str(tmp_path), "--max-connections", "301"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        said = server.stderr.readline()
        assert "300 connections at most, not 301: the system allows 400 open files (ulimit -n)" in said
        assert server.stdout.readline().startswith("Parhelion is ready")
        server.terminate()


def test_what_is_no_number_of_connections_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from parhelion.cli import main

    for wrong in ("0", "many", "-1", "999999999"):
        with pytest.raises(SystemExit):
            main(["serve", "--max-connections", wrong])
        assert "--max-connections" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    assert f"(default: {CONNECTIONS})" in " ".join(capsys.readouterr().out.split())
