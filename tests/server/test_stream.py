"""Events as they come: whoever listens hears each one once and in order, whatever breaks off in between."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import socket
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
import pytest
import uvicorn

from parhelion.cli.settings import Settings
from parhelion.operations import AppKeys
from parhelion.server import rows
from parhelion.server.assemble import Store, serving
from parhelion.server.commands import OPERATOR, Context, Engines, app_keys
from parhelion.server.dispatch import stream
from parhelion.server.dispatch.stream import Stream
from parhelion.server.http import protocol
from parhelion.server.http.asgi import Message
from parhelion.server.http.protocol import BoundedProtocol
from parhelion.server.http.streaming import stream as send_stream
from parhelion.server.ports import Wanted, Write
from parhelion.server.rows.events import Told
from parhelion.server.rules.events import KEPT
from parhelion.server.rules.targets import Reach
from parhelion.wire import TooManyRequests
from tests.everything import HOOK
from tests.inside import Clock, Inside, engines
from tests.live import Live

MESSAGE, READ = "conversation:message", "conversation:read"
LARGE = 100_000  # characters: some of these are more than the network keeps for whoever does not read
PATIENCE = 30.0  # seconds, when a test is about to fail


@dataclass
class Frame:
    fields: dict[str, str] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.fields["id"]

    @property
    def event(self) -> Any:
        return json.loads(self.fields["data"])


class Over(Exception):
    """The stream has ended. `in_order`: as HTTP has it."""

    def __init__(self, *, in_order: bool) -> None:
        super().__init__(f"in order: {in_order}")
        self.in_order = in_order


class Ear:
    """A stream, read off its socket: no client of ours is in between."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._text = ""
        self.last = ""
        self.comments: list[str] = []

    async def head(self) -> None:
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)

    async def body(self) -> Any:
        return json.loads(await self._reader.readexactly(int(self.headers["content-length"])))

    async def frame(self) -> Frame:
        async with asyncio.timeout(PATIENCE):
            while "\n\n" not in self._text:
                try:
                    size = int(await self._reader.readuntil(b"\r\n"), 16)
                    chunk = await self._reader.readexactly(size + 2)
                except (asyncio.IncompleteReadError, ConnectionError):
                    raise Over(in_order=False) from None
                if not size:
                    raise Over(in_order=True)
                self._text += chunk[:-2].decode()
        lines, _, self._text = self._text.partition("\n\n")
        frame = Frame()
        for line in lines.split("\n"):
            name, _, value = line.partition(":")
            if name:
                assert name not in frame.fields
                frame.fields[name] = value.removeprefix(" ")
            else:
                frame.comments.append(value.strip())
        self.comments += frame.comments
        self.last = frame.fields.get("id", self.last)
        return frame

    async def event(self) -> Any:
        """The next event. Heartbeats are passed over."""
        while "data" not in (frame := await self.frame()).fields:
            pass
        assert frame.fields.keys() == {"id", "event", "data"}
        assert frame.event["type"] == frame.fields["event"]
        return frame.event

    async def events(self, several: int) -> list[str]:
        return [(await self.event())["id"] for _ in range(several)]

    async def rest(self) -> list[str]:
        """The ids of all events until the stream ends, in order."""
        heard: list[str] = []
        try:
            while True:
                heard.append((await self.event())["id"])
        except Over as over:
            if not over.in_order:
                raise
        return heard

    def drop(self) -> None:
        self._writer.transport.abort()


class Served(Inside):
    """A server with a socket, on a clock that the test holds."""

    port: int
    uvicorn: uvicorn.Server
    ears: list[Ear]

    async def ask_for(
        self,
        query: str = "",
        *,
        app: str = "",
        authorization: str | None = None,
        method: str = "GET",
        room: int = 0,
        **headers: str,
    ) -> Ear:
        """`room`: bytes that the network keeps for it, if there are to be few."""
        said = {"authorization": self.authorization if authorization is None else authorization} | headers
        line = socket.socket()
        if room:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        line.connect(("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=line, limit=room or 8 * LARGE)
        lines = [f"{method} /parhelion/v1/apps/{app or self.app_id}/events{query} HTTP/1.1", "host: here"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in said.items() if value]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        ear = Ear(reader, writer)
        self.ears.append(ear)
        await ear.head()
        return ear

    async def listen(self, query: str = "", **more: Any) -> Ear:
        ear = await self.ask_for(query, **more)
        assert ear.status == 200
        await ear.frame()
        return ear

    async def resume(self, last: str, query: str = "", **more: Any) -> Ear:
        return await self.listen(query, last_event_id=last, **more)

    async def tell(self, conversation: str = "c", type: str = MESSAGE, *, app: str = "", size: int = 1) -> str:
        """An event, committed. Answers its id."""
        return await tell(self.engines, app or self.app_id, conversation, type, size)

    async def later(self, seconds: float) -> None:
        """The clock goes on, and the hub looks at it."""
        self.clock.seconds += seconds
        await self.tell(app="nobody's")

    async def app_key(self, app: str) -> tuple[str, str]:
        """The id of a new key, and how it is said."""
        key = (await self.done("POST", f"/v2/apps/{app}/keys", {"displayName": "a key"}))["key"]
        return key["id"], basic(key["id"], key["secret"])


async def tell(
    opened: Engines, app: str, conversation: str, type: str = MESSAGE, size: int = 1, body: bytes | None = None
) -> str:
    id = opened.ids.next()
    if body is None:
        event = {"id": id, "type": type, "createdAt": "2023-11-14T22:13:20Z", "payload": {"pad": "x" * size}}
        body = json.dumps(event).encode()
    told = Told(id, type, conversation, conversation, body)
    now = round(opened.clock() * 1000)
    await opened.database.write(rows.events.telling(Write(conversation, (), {}), app, now, [told]))
    return id


def basic(id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{id}:{secret}".encode()).decode()


@asynccontextmanager
async def served(data: Path) -> AsyncGenerator[Served]:
    clock = Clock()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        async with serving(Store(data), clock=clock, reach=Reach(loopback=True)) as app:
            config = uvicorn.Config(
                app, http=BoundedProtocol, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=10
            )
            context = Context(app.engines, AppKeys.create, OPERATOR, "", "", "")
            key = await app_keys.create_for_account(context, "test")
            server = Served(app, app.engines, clock, authorization=basic(key.id, key.secret or ""))
            config.load()
            server.port, server.uvicorn = listening.getsockname()[1], uvicorn.Server(config)
            server.uvicorn.lifespan = config.lifespan_class(config)
            server.app_id, server.ears = await new_app(server), []
            await server.uvicorn.startup(sockets=[listening])
            try:
                yield server
            finally:  # not by `shutdown`, which looks around ten times a second: a fifth of a second for each test
                for ear in server.ears:
                    ear.drop()
                for each in server.uvicorn.servers:
                    each.close()
                await until(lambda: not (server.uvicorn.server_state.connections or server.uvicorn.server_state.tasks))


async def new_app(server: Inside) -> str:
    return str((await server.done("POST", "/v2/apps", {"displayName": "test"}))["app"]["id"])


Story = Callable[[Served], Coroutine[Any, Any, None]]


@pytest.fixture
def told(tmp_path: Path) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        async def all_of_it() -> None:
            async with served(tmp_path / "data") as server:
                await story(server)

        asyncio.run(all_of_it())

    return run


Tell = Callable[[Story], None]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - nobody rings a bell
            await asyncio.sleep(0.01)


# -- what is heard -------------------------------------------------------------------------------------------------


def test_a_stream_begins_at_once_and_says_where(told: Tell) -> None:
    async def story(server: Served) -> None:
        await server.tell()
        ear = await server.ask_for()
        assert ear.status == 200
        assert ear.headers["content-type"] == "text/event-stream"
        assert ear.headers["cache-control"] == "no-store"
        assert ear.headers["x-accel-buffering"] == "no"
        assert "content-length" not in ear.headers
        assert "x-request-id" in ear.headers
        first = await ear.frame()
        assert first.fields == {"retry": "1000", "id": f"1.{server.clock.seconds:.0f}"}
        assert first.comments == []

    told(story)


def test_a_message_is_heard_as_it_was_posted(told: Tell) -> None:
    async def story(server: Served) -> None:
        place = await server.conversation()
        ear = await server.listen()
        message = await server.say(place, "hello")
        frame = await ear.frame()
        assert frame.fields["event"] == MESSAGE
        assert frame.event["payload"]["message"]["id"] == message
        assert frame.event["payload"]["message"]["content"] == {"type": "text", "text": "hello"}

    told(story)


def test_events_come_in_the_order_of_their_commits(told: Tell) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen()
        said = [await server.tell() for _ in range(150)]
        assert await ear.events(150) == said

    told(story)


def test_the_full_user_and_source_are_told_to_who_asked_for_them(told: Tell) -> None:
    async def story(server: Served) -> None:
        app = f"/v2/apps/{server.app_id}"
        made = await server.done("POST", f"{app}/users", {"externalId": "ada", "profile": {"givenName": "Ada"}})
        user = made["user"]["id"]
        body = {"type": "sdkGroup", "participants": [{"userId": user}]}
        conversation = (await server.done("POST", f"{app}/conversations", body))["conversation"]["id"]
        queries = ("", "?includeFullUser=true", "?includeFullSource=true", "?includeFullUser=true&includeFullSource=1")
        before = await server.listen()
        ears = [await server.listen(query) for query in queries]
        said = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "hello"}}
        await server.done("POST", f"{app}/conversations/{conversation}/messages", said)
        for again in (False, True):  # as it comes, and from storage
            authors = list[Any]()
            for ear, query in zip(ears, queries, strict=True):
                heard = ear if not again else await server.resume(before.last, query)
                authors.append((await heard.event())["payload"]["message"]["author"]["user"])
            assert ["profile" in author for author in authors] == [False, True, False, True]
            assert all(author["externalId"] == "ada" for author in authors)

    told(story)


def test_only_what_was_asked_for_is_heard(told: Tell) -> None:
    async def story(server: Served) -> None:
        here = (await server.conversation()).split("/")[-2]
        before = await server.listen()
        queries: dict[str, Callable[[str, str], bool]] = {
            "": lambda where, what: True,
            f"?conversationId={here}": lambda where, what: where == here,
            f"?triggers={READ}": lambda where, what: what == READ,
            f"?triggers={READ},user:remove": lambda where, what: what in (READ, "user:remove"),
            f"?triggers={MESSAGE}&conversationId={here}": lambda where, what: (where, what) == (here, MESSAGE),
        }
        ears = {query: await server.listen(query) for query in queries}
        happened = [(here, MESSAGE), ("there", MESSAGE), (here, READ), ("there", READ), ("", "user:remove")] * 12
        ids = [await server.tell(conversation, type) for conversation, type in happened]
        last = [await server.tell(here, type) for type in (MESSAGE, READ)]
        for query, wanted in queries.items():
            expected = [id for id, what in zip(ids, happened, strict=True) if wanted(*what)]
            expected += [id for id, type in zip(last, (MESSAGE, READ), strict=True) if wanted(here, type)]
            assert await ears[query].events(len(expected)) == expected
            assert await (await server.resume(before.last, query)).events(len(expected)) == expected

    told(story)


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ("?triggers=conversation:message,constellation:message", 400, "triggers[1]"),
        ("?triggers=", 400, "triggers"),
        ("?triggers=*", 400, "triggers"),
        ("?includeFullUser=perhaps", 400, "includeFullUser"),
        ("?conversationId=5f1e00000000000000000000", 404, "Conversation"),
    ],
)
def test_what_cannot_be_listened_to_is_refused(told: Tell, query: str, status: int, named: str) -> None:
    async def story(server: Served) -> None:
        ear = await server.ask_for(query)
        assert ear.status == status
        assert named in (await ear.body())["errors"][0]["title"]

    told(story)


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE"])
def test_a_stream_is_got_and_nothing_else(told: Tell, method: str) -> None:
    async def story(server: Served) -> None:
        ear = await server.ask_for(method=method)
        assert (ear.status, ear.headers["allow"]) == (405, "get")

    told(story)


# -- who may hear --------------------------------------------------------------------------------------------------


def test_nothing_of_another_app_is_heard(told: Tell) -> None:
    async def story(server: Served) -> None:
        other = await new_app(server)
        _, key = await server.app_key(other)
        conversation = (await server.conversation()).split("/")[-2]
        before = await server.listen()
        mine, theirs = await server.listen(), await server.listen(app=other, authorization=key)
        said: list[list[str]] = [[], []]
        for _ in range(50):
            said[0].append(await server.tell(conversation))
            said[1].append(await server.tell(conversation, app=other))
        assert await mine.events(50) == said[0]
        assert await theirs.events(50) == said[1]
        # An id is a place, not a permission.
        assert await (await server.resume(before.last, app=other, authorization=key)).events(50) == said[1]
        refused = await server.ask_for(f"?conversationId={conversation}", app=other, authorization=key)
        assert refused.status == 404

    told(story)


def test_only_an_apps_own_key_or_an_accounts_may_listen(told: Tell) -> None:
    async def story(server: Served) -> None:
        other = await new_app(server)
        _, own = await server.app_key(server.app_id)
        _, foreign = await server.app_key(other)
        app = f"/v2/apps/{server.app_id}"
        made = await server.done(
            "POST", f"{app}/integrations", {"type": "custom", "displayName": "bot", "webhooks": [HOOK]}
        )
        keys = f"{app}/integrations/{made['integration']['id']}/keys"
        bot = (await server.done("POST", keys, {"displayName": "bot"}))["key"]
        bots = basic(bot["id"], bot["secret"])
        for authorization, status in ((own, 200), (foreign, 403), (bots, 403), ("", 401), (basic("app_x", "y"), 401)):
            assert (await server.ask_for(authorization=authorization)).status == status
        assert (await server.ask_for(app="5f1e00000000000000000000")).status == 404

    told(story)


def test_a_stream_ends_with_its_app(told: Tell) -> None:
    async def story(server: Served) -> None:
        app = await new_app(server)
        _, key = await server.app_key(app)
        ears = [await server.listen(app=app), await server.listen(app=app, authorization=key)]
        other = await server.listen()
        await server.done("DELETE", f"/v2/apps/{app}")
        await server.later(16)
        for ear in ears:
            assert await ear.rest() == []
            assert ear.comments == ["not allowed any longer"]
        assert (await other.frame()).comments == [""]  # a heartbeat
        assert (await server.ask_for(app=app)).status == 404

    told(story)


def test_a_stream_ends_with_its_key_even_when_it_is_never_quiet(told: Tell) -> None:
    async def story(server: Served) -> None:
        id, key = await server.app_key(server.app_id)
        ear, other = await server.listen(authorization=key), await server.listen()
        await server.done("DELETE", f"/v2/apps/{server.app_id}/keys/{id}")
        said = list[str]()
        for _ in range(20):
            server.clock.seconds += 1
            said.append(await server.tell())
            assert await other.events(1) == said[-1:]
        heard = await ear.rest()
        assert heard == said[: len(heard)]
        assert len(heard) <= 15
        assert ear.comments[-1] == "not allowed any longer"

    told(story)


def test_a_stream_ends_with_its_token(told: Tell) -> None:
    async def story(server: Served) -> None:
        key = (await server.done("POST", f"/v2/apps/{server.app_id}/keys", {"displayName": "a key"}))["key"]
        claims = {"scope": "app", "exp": server.clock.seconds + 20}
        token = jwt.encode(claims, key["secret"], "HS256", headers={"kid": key["id"]})
        ear = await server.listen(authorization=f"Bearer {token}")
        await server.later(15)
        assert (await ear.frame()).comments == [""]
        await server.later(15)
        assert await ear.rest() == []
        assert (await server.ask_for(authorization=f"Bearer {token}")).status == 401

    told(story)


# -- going on ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["header", "query", "both"])
def test_who_comes_back_hears_what_came_meanwhile(told: Tell, how: str) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen()
        first = await server.tell()
        assert await ear.events(1) == [first]
        ear.drop()
        missed = [await server.tell() for _ in range(100)]
        query = {"header": "", "query": f"?after={ear.last}", "both": "?after=0.0"}[how]
        header: dict[str, Any] = {} if how == "query" else {"last_event_id": ear.last}
        back = await server.ask_for(query, **header)
        assert (await back.frame()).fields == {"retry": "1000", "id": ear.last}
        live = await server.tell()
        assert await back.events(101) == [*missed, live]

    told(story)


def test_every_id_is_a_place_to_go_on_from(told: Tell) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen()
        said, places = list[str](), [ear.last]
        for _ in range(80):
            said.append(await server.tell())
            await ear.event()
            places.append(ear.last)
        for number, place in enumerate(places):
            left = said[number:]
            back = await server.resume(place)
            assert await back.events(len(left)) == left
            back.drop()

    told(story)


def test_a_quiet_stream_has_a_heartbeat_whose_id_passes_over_what_it_was_not_told(told: Tell) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen(f"?triggers={READ}")
        await server.later(14)
        for _ in range(40):
            await server.tell()
        await server.later(1)
        began = ear.last
        heartbeat = await ear.frame()
        assert heartbeat.comments == [""]
        assert heartbeat.fields.keys() == {"id"}
        position, seconds = map(int, heartbeat.id.split("."))
        assert position > int(began.partition(".")[0])
        assert seconds <= server.clock.seconds
        ear.drop()
        # A whole week later, had it not been for the heartbeat, it would be too late.
        server.clock.seconds = seconds + KEPT - 100
        said = await server.tell(type=READ)
        assert await (await server.resume(heartbeat.id)).events(1) == [said]
        assert (await server.ask_for(last_event_id=began)).status in (200, 410)

    told(story)


def test_a_heartbeat_comes_whenever_it_is_time(told: Tell) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen()
        for _ in range(3):
            await server.later(15)
            assert (await ear.frame()).comments == [""]
        server.clock.seconds -= 3600  # set back
        await server.tell(app="nobody's")
        assert (await ear.frame()).comments == [""]

    told(story)


@pytest.mark.parametrize(
    "token",
    [*("", "x", "1", "1.", ".1", "1.2.3", "-1.1", "+1.1", "1e3.5", " 1 .1", "01.1", "1.01", "٣.٣"), "9" * 40 + ".1"],
)
def test_an_id_that_was_never_one_is_refused(told: Tell, token: str) -> None:
    async def story(server: Served) -> None:
        asked = [await server.ask_for(f"?after={quote(token)}")]
        if token.isascii() and token:
            asked.append(await server.ask_for(last_event_id=token))
        for ear in asked:
            assert ear.status == 400
            [error] = (await ear.body())["errors"]
            assert error["code"] == "bad_request"
            assert "Last-Event-ID" in error["title"]

    told(story)


def test_an_id_from_the_future_is_refused(told: Tell) -> None:
    async def story(server: Served) -> None:
        ahead = server.clock.seconds + 100_000
        ear = await server.ask_for(last_event_id=f"0.{ahead:.0f}")
        assert ear.status == 400
        assert "Last-Event-ID" in (await ear.body())["errors"][0]["title"]

    told(story)


def test_an_id_older_than_what_is_kept_is_refused_and_a_younger_one_is_not(told: Tell) -> None:
    async def story(server: Served) -> None:
        ear = await server.listen()
        said = await server.tell()
        await ear.event()
        server.clock.seconds += KEPT - 100
        assert await (await server.resume(ear.last.replace("1.", "0."))).events(1) == [said]
        server.clock.seconds += 100
        late = await server.ask_for(last_event_id=ear.last)
        assert late.status == 410
        assert [each["code"] for each in (await late.body())["errors"]] == ["events_expired"]

    told(story)


def test_an_event_is_no_younger_when_it_is_heard_late(told: Tell) -> None:
    async def story(server: Served) -> None:
        first = await server.listen()
        for _ in range(3):
            await server.tell()
        server.clock.seconds += KEPT - 1000
        back = await server.resume(first.last)
        await back.event()
        server.clock.seconds += 1000  # what came after it may be gone now
        assert (await server.ask_for(last_event_id=back.last)).status == 410

    told(story)


def test_a_place_behind_all_there_is_goes_on_with_what_comes(told: Tell) -> None:
    async def story(server: Served) -> None:
        await server.tell()
        ear = await server.resume(f"1000.{server.clock.seconds:.0f}")
        assert ear.last.startswith("1.")
        said = await server.tell()
        assert await ear.events(1) == [said]

    told(story)


def test_a_process_that_is_behind_another_tells_nothing_twice(tmp_path: Path) -> None:
    async def story() -> None:
        async with engines(tmp_path / "data") as opened:
            hub = Stream(opened.database, opened.clock)
            first = aiter(hub.subscribe("a", Wanted()))
            await anext(first)  # the hub's place is before all this, and it does not move
            said = [await tell(opened, "a", "c") for _ in range(5)]
            ahead = aiter(hub.subscribe("a", Wanted(after=f"3.{opened.clock():.0f}")))
            assert b"id: 3." in await anext(ahead)
            running = asyncio.create_task(hub.run())
            heard = await anext(ahead)
            assert [id for id in said if id.encode() in heard] == said[3:]
            heard = await anext(first)
            assert [id for id in said if id.encode() in heard] == said
            running.cancel()

    asyncio.run(story())


UNREADABLE = b'{"payload": {"user": {'  # which is only found where somebody does not want all of it


def test_an_event_that_cannot_be_told_is_passed_over_by_all_and_logged_once(
    told: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(server: Served) -> None:
        ears = [await server.listen() for _ in range(3)]
        began = ears[0].last
        said = [await server.tell() for _ in range(5)]
        await tell(server.engines, server.app_id, "c", body=UNREADABLE)
        said += [await server.tell() for _ in range(5)]
        ears += [await server.resume(began) for _ in range(3)]
        for ear in ears:
            assert await ear.events(10) == said
        await server.later(15)
        assert (await ears[0].frame()).comments == [""]  # and nothing once more
        assert [record.getMessage() for record in caplog.records if record.name == "parhelion.stream"] == [
            "event 6 cannot be told"
        ]

    told(story)


def test_what_was_handed_out_is_not_handed_out_again_when_the_rest_of_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails, hears = True, stream.Subscriber.hears

    def now_and_then(subscriber: stream.Subscriber, conversation: str, type: str) -> bool:
        if fails and conversation == "trouble":
            raise MemoryError
        return hears(subscriber, conversation, type)

    monkeypatch.setattr(stream.Subscriber, "hears", now_and_then)

    async def story() -> None:
        nonlocal fails
        async with engines(tmp_path / "data") as opened:
            hub = Stream(opened.database, opened.clock)
            ear = aiter(hub.subscribe("a", Wanted()))
            await anext(ear)
            said = [await tell(opened, "a", where) for where in ("c", "c", "trouble", "c")]
            running = asyncio.create_task(hub.run())
            heard = await anext(ear)
            fails = False
            while said[-1].encode() not in heard:
                heard += await anext(ear)
            assert [heard.count(f'"{id}"'.encode()) for id in said] == [1, 1, 1, 1]
            running.cancel()

    asyncio.run(story())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("room", [3, stream.MOST])
def test_nothing_is_missed_or_heard_twice_however_often_who_listens_drops(
    told: Tell, monkeypatch: pytest.MonkeyPatch, seed: int, room: int
) -> None:
    monkeypatch.setattr(stream, "MOST", room)

    async def story(server: Served) -> None:
        dice = random.Random(seed)
        other = await new_app(server)
        writing, begun = True, list[str]()

        async def write(number: int) -> None:
            for _ in range(60):
                app, type = dice.choice((server.app_id, server.app_id, other)), dice.choice((MESSAGE, READ))
                await server.tell(f"c{number}", type, app=app)
                if dice.random() < 0.2:
                    await asyncio.sleep(dice.random() / 100)

        async def pass_time() -> None:
            while writing:
                await server.later(15)
                await asyncio.sleep(0.005)

        async def hear(query: str) -> tuple[str, list[str]]:
            await asyncio.sleep(dice.random() / 10)
            ear = await server.listen(query)
            begun.append(query)
            began, last, heard = ear.last, "", list[str]()
            while last != "the end":
                try:
                    for _ in range(dice.choice((0, 1, 2, 5, 30))):
                        frame = await ear.frame()
                        if "data" in frame.fields and last != "the end":
                            heard.append(frame.event["id"])
                            last = "the end" if frame.event["payload"]["pad"] == "x" * 7 else ""
                except Over:
                    if ear.comments[-1:] != ["too slow"]:
                        raise
                ear.drop()
                if dice.random() < 0.3:
                    await asyncio.sleep(dice.random() / 50)
                ear = await server.resume(ear.last, query)
            ear.drop()
            return began, heard

        queries = ["", "", "", f"?triggers={READ}", f"?triggers={READ}", "", "", ""]
        ears = [asyncio.create_task(hear(query)) for query in queries]
        time_passes = asyncio.create_task(pass_time())
        await asyncio.gather(*map(write, range(6)))
        await until(lambda: len(begun) == len(queries))
        await server.tell(type=READ, size=7)
        results = await asyncio.gather(*ears)
        writing = False
        await time_passes
        for query, (began, heard) in zip(queries, results, strict=True):
            start = int(began.partition(".")[0])
            there = await rows.events.of_app(server.engines.database, server.app_id, start, 1 << 60, 10_000)
            expected = [json.loads(row[4])["id"] for row in there if not query or row[3] == READ]
            assert heard == expected

    told(story)


# -- who is slow, and who is many ----------------------------------------------------------------------------------


def test_who_reads_too_slowly_is_ended_and_goes_on_while_nobody_else_waits(told: Tell) -> None:
    async def story(server: Served) -> None:
        slow, quick = await server.listen(room=LARGE), await server.listen()
        said = list[str]()
        for _ in range(150):
            said.append(await server.tell(size=LARGE))
            assert await quick.events(1) == said[-1:]
        heard = await slow.rest()
        assert slow.comments == ["too slow"]
        assert len(heard) < 150
        heard += await (await server.resume(slow.last)).events(150 - len(heard))
        assert heard == said

    told(story)


def test_who_is_still_behind_is_not_ended_by_what_comes_meanwhile(told: Tell) -> None:
    async def story(server: Served) -> None:
        began = await server.listen()
        said = [await server.tell(size=LARGE) for _ in range(100)]
        ear = await server.resume(began.last, room=LARGE)
        began.drop()
        other = await server.listen()
        for _ in range(100):  # far more than a queue holds
            said.append(await server.tell(size=LARGE))
            await other.events(1)
        assert await ear.events(200) == said
        said.append(await server.tell())
        assert await ear.events(1) == said[-1:]

    told(story)


def test_who_is_behind_for_so_long_that_something_may_be_gone_is_ended(told: Tell) -> None:
    async def story(server: Served) -> None:
        began = await server.listen()
        said = [await server.tell(size=LARGE) for _ in range(150)]
        ear = await server.resume(began.last, room=LARGE)
        server.clock.seconds += KEPT
        heard = await ear.rest()
        assert heard == said[: len(heard)]
        assert len(heard) < 150
        assert ear.comments[-1] == "too far behind"
        assert (await server.ask_for(last_event_id=ear.last)).status == 410

    told(story)


def test_who_reads_nothing_is_cut_off(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "UNREAD", 0.3)

    async def story(server: Served) -> None:
        ear, quick = await server.listen(room=LARGE), await server.listen()
        for _ in range(120):
            await server.tell(size=LARGE)
            await quick.events(1)
        await until(lambda: len(server.uvicorn.server_state.connections) == 1)
        said = await server.tell()
        assert await quick.events(1) == [said]
        with pytest.raises(Over, match="False"):
            await ear.rest()

    told(story)


def test_200_hear_all_of_100_events_in_order(told: Tell) -> None:
    async def story(server: Served) -> None:
        ears = [await server.listen() for _ in range(200)]
        said = [await server.tell() for _ in range(100)]
        for heard in await asyncio.gather(*(ear.events(100) for ear in ears)):
            assert heard == said

    told(story)


def test_who_hangs_up_is_forgotten(told: Tell) -> None:
    async def story(server: Served) -> None:
        for _ in range(3):
            for ear in [await server.listen() for _ in range(20)]:
                ear.drop()
        await until(lambda: not server.uvicorn.server_state.tasks)
        said = await server.listen()
        id = await server.tell()
        assert await said.events(1) == [id]

    told(story)


def test_an_app_has_so_many_streams_and_not_one_more(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS", 3)

    async def story(server: Served) -> None:
        began = await server.listen()
        for query in ("?after=none", "?conversationId=none"):
            assert (await server.ask_for(query)).status in (400, 404)  # and it does not count
        ears = [began, await server.listen(), await server.resume(began.last)]
        for _ in range(2):
            refused = await server.ask_for()
            assert refused.status == 429
            assert refused.headers["retry-after"] == str(stream.FULL)
            [error] = (await refused.body())["errors"]
            assert (error["code"], "3 streams" in error["title"]) == ("too_many_requests", True)
        await server.listen(app=await new_app(server))  # other apps have their own
        said = await server.tell()
        for ear in ears:
            assert await ear.events(1) == [said]
        ears[1].drop()
        await until(lambda: len(server.uvicorn.server_state.tasks) == 3)
        await server.listen()
        assert (await server.ask_for()).status == 429

    told(story)


def test_who_goes_before_the_first_frame_does_not_count_for_ever(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS", 20)

    async def story(server: Served) -> None:
        request = f"GET /parhelion/v1/apps/{server.app_id}/events HTTP/1.1\r\nhost: here\r\n"
        request += f"authorization: {server.authorization}\r\n\r\n"
        for number in range(60):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(request.encode())
            for _ in range(number % 12):  # the server is here and there meanwhile
                await asyncio.sleep(0)
            writer.transport.abort()
        await until(lambda: not (server.uvicorn.server_state.connections or server.uvicorn.server_state.tasks))
        for _ in range(20):
            await server.listen()

    told(story)


@pytest.mark.parametrize("trouble", [ConnectionError, asyncio.CancelledError, None])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_stream_counts_until_it_is_over_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, trouble: type[BaseException] | None
) -> None:
    """`at`: the message at which it ends: the head, the first frame, the first event."""
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def story() -> None:
        async with engines(tmp_path / "data") as opened:
            running = asyncio.create_task(opened.live.run())
            subscription = opened.live.subscribe("a", Wanted())
            sent, gone = list[Message](), asyncio.Event()

            async def receive() -> Message:
                await gone.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                if len(sent) == 1 + at:
                    return
                if len(sent) == at:
                    sent.append(message)
                    with pytest.raises(TooManyRequests):
                        opened.live.subscribe("a", Wanted())
                    if trouble is not None:
                        raise trouble
                    gone.set()
                    return
                sent.append(message)
                if len(sent) == 2:
                    await tell(opened, "a", "c")

            async def allowed() -> bool:
                return True

            outcome = asyncio.gather(
                send_stream(subscription, allowed, opened.clock, {}, receive, send, []), return_exceptions=True
            )
            await asyncio.wait([outcome])
            opened.live.subscribe("a", Wanted()).end()
            opened.live.subscribe("a", Wanted()).end()
            running.cancel()

    asyncio.run(story())


def test_who_was_ended_counts_until_their_last_piece_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def story() -> None:
        async with engines(tmp_path / "data") as opened:
            subscription = opened.live.subscribe("a", Wanted())
            pieces = aiter(subscription)
            await anext(pieces)
            subscription.end(stream.TOO_SLOW)
            with pytest.raises(TooManyRequests):
                opened.live.subscribe("a", Wanted())
            assert [piece async for piece in pieces] == [stream.TOO_SLOW]
            opened.live.subscribe("a", Wanted()).end()

    asyncio.run(story())


# -- the server stops ----------------------------------------------------------------------------------------------


def test_a_server_that_stops_ends_its_streams_at_once(serve: Callable[..., Live]) -> None:
    live = serve()
    app = live.app()
    conversation = app.conversation()

    async def listen(room: int = 1_000_000) -> Ear:
        url = urlsplit(live.url)
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        line.connect((url.hostname, url.port))
        reader, writer = await asyncio.open_connection(sock=line, limit=room)
        writer.write(
            f"GET /parhelion/v1/apps/{app.app_id}/events HTTP/1.1\r\n"
            f"host: here\r\nauthorization: {app.basic()}\r\n\r\n".encode()
        )
        ear = Ear(reader, writer)
        await ear.head()
        assert ear.status == 200
        await ear.frame()
        return ear

    async def story() -> None:
        ears: Sequence[Ear] = [await listen() for _ in range(8)]
        deaf = await listen(1000)
        async with engines(live.data) as beside:  # another process on the same store
            said = [await tell(beside, app.app_id, conversation, size=LARGE) for _ in range(60)]
        for heard in await asyncio.gather(*(ear.events(60) for ear in ears)):
            assert heard == said
        readers = [asyncio.create_task(ear.rest()) for ear in ears]
        began = time.monotonic()
        await asyncio.to_thread(live.stop)
        assert (
            time.monotonic() - began < Settings.grace
        )  # without it, who does not read would hold it up for so long or longer
        for heard in await asyncio.gather(*readers):
            assert heard == []
        assert all(ear.comments == ["the server stops"] for ear in ears)
        for ear in (*ears, deaf):
            ear.drop()

    asyncio.run(story())
