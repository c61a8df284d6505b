"""The stream of the console: what the page hears, and that the API's own ends with it, however that happens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion.server.console.session import COOKIE, token_of
from parhelion.server.dispatch import stream
from parhelion.server.http import protocol
from parhelion.server.http.asgi import Message
from parhelion.server.ports import Wanted
from parhelion.wire import TooManyRequests
from tests.live import Live
from tests.server.console.visiting import CONSOLE, Visitor, of_app
from tests.server.test_stream import LARGE, Ear, Over, Served, Tell, new_app, told, until

__all__ = ["told"]


async def ask(server: Served, path: str, method: str = "GET", room: int = 0, **headers: str) -> Ear:
    """What is sent for a path of the app's pages. `room`: see `Served.ask_for`."""
    line = socket.socket()
    if room:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.connect(("127.0.0.1", server.port))
    reader, writer = await asyncio.open_connection(sock=line, limit=room or 8 * LARGE)
    lines = [f"{method} {path} HTTP/1.1", "host: here"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    ear = Ear(reader, writer)
    server.ears.append(ear)
    await ear.head()
    return ear


async def signed_in(server: Served) -> tuple[str, str]:
    """A new key's id, and the cookie of who is signed in with it."""
    made = (await server.done("POST", f"/v2/apps/{server.app_id}/keys", {"displayName": "a key"}))["key"]
    return made["id"], f"{COOKIE}={server.app_id}!{token_of(made['id'], made['secret'], server.clock())}"


def live_of(app: str) -> str:
    return f"{CONSOLE}/apps/{app}/live"


async def listen(server: Served, cookie: str, query: str = "", **more: Any) -> Ear:
    ear = await ask(server, live_of(server.app_id) + query, cookie=cookie, **more)
    assert ear.status == 200
    await ear.frame()
    await ear.frame()  # where it begins
    return ear


async def heard(ear: Ear) -> tuple[str, Any]:
    """The next that is told to the page."""
    while (frame := await ear.frame()).fields.get("event", "beat") == "beat":
        pass
    return frame.fields["event"], frame.event


def test_what_is_said_is_drawn_and_comes_once(told: Tell) -> None:
    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        messages = await server.conversation()
        ear = await listen(server, cookie)
        first = await server.say(messages, "<b>one</b>")
        name, said = await heard(ear)
        assert (name, said["by"]) == ("message", "business")
        assert f'id="m-{first}"' in said["html"]
        assert "&lt;b&gt;one" in said["html"]
        ear.drop()
        second = await server.say(messages, "two")
        again = await listen(server, cookie, last_event_id=ear.last)
        assert f'id="m-{second}"' in (await heard(again))[1]["html"]

    told(story)


def test_another_app_is_not_heard(told: Tell) -> None:
    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        other = await new_app(server)
        assert (await ask(server, live_of(other), cookie=cookie)).status == 303
        forged = cookie.replace(server.app_id, other)  # the token is as it was
        assert (await ask(server, live_of(other), cookie=forged)).status == 403
        assert (await ask(server, live_of(server.app_id))).status == 303

    told(story)


@pytest.mark.parametrize("last", ["x", "1", "9" * 400, "1.99999999999999", "\u00e9", "1 OR 1", "0.0"])
def test_a_place_that_is_none_is_refused(told: Tell, last: str) -> None:
    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        there = live_of(server.app_id)
        assert (await ask(server, there, cookie=cookie, last_event_id=last)).status in (200, 400, 410)
        assert (await ask(server, there, "HEAD", cookie=cookie)).status == 405

    told(story)


def test_a_stream_ends_with_its_key(told: Tell) -> None:
    async def story(server: Served) -> None:
        id, cookie = await signed_in(server)
        ear = await listen(server, cookie)
        await server.done("DELETE", f"/v2/apps/{server.app_id}/keys/{id}")
        await server.later(16)
        with pytest.raises(Over, match="True"):
            await heard(ear)
        assert (await ask(server, live_of(server.app_id), cookie=cookie)).status == 303

    told(story)


Leaving = Callable[[Served, str], Awaitable[Ear]]


async def _at_once(server: Served, cookie: str) -> Ear:
    return await ask(server, live_of(server.app_id), cookie=cookie)


async def _reading(server: Served, cookie: str) -> Ear:
    return await listen(server, cookie)


async def _deaf(server: Served, cookie: str) -> Ear:
    ear = await listen(server, cookie, room=LARGE)
    messages = await server.conversation()
    quotes = '"' * 4000  # each is six characters on the page
    body = {
        "author": {"type": "business"},
        "content": {"type": "text", "text": quotes},
        "metadata": {"a": quotes[:1900]},
    }
    for _ in range(200):
        await server.done("POST", messages, body)
    return ear


@pytest.mark.parametrize("leaving", [_at_once, _reading, _deaf])
def test_the_inner_stream_ends_with_who_leaves(told: Tell, monkeypatch: pytest.MonkeyPatch, leaving: Leaving) -> None:
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        before = len(asyncio.all_tasks())
        for _ in range(3):
            ear = await leaving(server, cookie)
            with pytest.raises(TooManyRequests):
                server.engines.live.subscribe(server.app_id, Wanted())
            ear.drop()
            await until(lambda: len(asyncio.all_tasks()) <= before)
            server.engines.live.subscribe(server.app_id, Wanted()).end()

    told(story)


def test_who_is_gone_before_it_begins_counts_no_longer(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        before = len(asyncio.all_tasks())

        full = asyncio.Event()

        async def receive() -> Message:
            await full.wait()
            return {"type": "http.disconnect"}

        async def send(_: Message) -> None:  # not even the head goes out: what was answered before is unread
            full.set()
            await asyncio.Event().wait()

        path = live_of(server.app_id)
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode()}
        headers = [(b"host", b"here"), (b"cookie", cookie.encode())]
        await server.application({**scope, "query_string": b"", "headers": headers}, receive, send)
        assert len(asyncio.all_tasks()) <= before
        server.engines.live.subscribe(server.app_id, Wanted()).end()

    told(story)


def test_who_reads_nothing_is_cut_off(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "UNREAD", 0.3)
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def story(server: Served) -> None:
        _, cookie = await signed_in(server)
        before = len(asyncio.all_tasks())
        await _deaf(server, cookie)
        await until(lambda: len(asyncio.all_tasks()) <= before)
        server.engines.live.subscribe(server.app_id, Wanted()).end()

    told(story)


def test_a_server_that_stops_ends_its_pages_streams_at_once(serve: Callable[..., Live]) -> None:
    server = serve()
    who = server.app()
    visitor = Visitor(server.url)
    visitor.sign_in(who)
    url = urlsplit(server.url)
    lines = []
    for _ in range(4):
        line = socket.create_connection((url.hostname or "", url.port or 0), timeout=10)
        cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        line.sendall(f"GET {of_app(who, '/live')} HTTP/1.1\r\nhost: here\r\ncookie: {cookie}\r\n\r\n".encode())
        assert b" 200 " in line.recv(65536)
        lines.append(line)
    server.stop()  # within its grace, and in order
    for line in lines:
        said = b""
        while piece := line.recv(65536):
            said += piece
        assert said.endswith(b"0\r\n\r\n")
        line.close()
