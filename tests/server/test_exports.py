"""An export over HTTP: gone on with anywhere, held to bounds, over when nobody reads it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from parhelion import (
    BadRequest,
    Client,
    ExportedMessage,
    ExportedUser,
    ExportEnd,
    ExportHeader,
    ExportLine,
    NoAnswer,
    TooManyRequests,
)
from parhelion.server.commands.exports import AT_ONCE
from tests.live import Caller, Live

TEXT = "x" * 4000


@pytest.fixture
def client(app: Caller) -> Client:
    return Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, retries=0)


def path(app: Caller) -> str:
    return f"/parhelion/v1/apps/{app.app_id}/export"


def filled(app: Caller, several: int = 3, text: str = "hello") -> str:
    user = app.user(externalId="ada")
    talk = app.conversation(user)
    for _ in range(several):
        app.say(talk, text)
    return talk


def opened(app: Caller, query: str = "") -> socket.socket:
    """An export that was asked for, of which nothing is read."""
    host, port = app.url.removeprefix("http://").split(":")
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asking.connect((host, int(port)))
    head = f"GET {path(app)}{query} HTTP/1.1\r\nhost: x\r\nauthorization: {app.basic()}\r\n\r\n"
    asking.sendall(head.encode())
    return asking


def within(seconds: float, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_it_is_gone_on_with_after_every_line(app: Caller, client: Client) -> None:
    filled(app)
    filled_with_file = app.upload(b"a" * 600_000, "a.txt")
    assert filled_with_file.status == 201
    whole: list[ExportLine] = []
    tokens: list[str | None] = []
    with client.exports.lines(embed=True) as lines:
        for line in lines:
            whole.append(line)
            tokens.append(lines.token)
    assert isinstance(whole[0], ExportHeader)
    assert isinstance(whole[-1], ExportEnd)
    once = dict.fromkeys(("app", "user", "attachment", "conversation", "participant"), 1)
    assert whole[-1].counts == once | {"bytes": 3, "message": 3}
    for number, token in enumerate(tokens):
        rest = list(client.exports.lines(embed=True, after=token))
        assert rest[:-1] == whole[number + 1 : -1]
        assert isinstance(rest[-1], ExportEnd)


def test_what_comes_after_the_beginning_is_not_in_what_is_gone_on_with(app: Caller, client: Client) -> None:
    talk = filled(app)
    with client.exports.lines() as lines:
        next(lines)
        token = lines.token
    late = app.user(externalId="late")
    app.conversation(late)
    assert app.post(f"{app.app}/conversations/{talk}/join", {"userId": late}).status == 201
    rest = list(client.exports.lines(after=token))
    assert [line.data.external_id for line in rest if isinstance(line, ExportedUser)] == ["ada"]
    assert late not in repr(rest)


def test_it_is_lines_of_json(app: Caller) -> None:
    filled(app)
    answer = app.get(path(app))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/x-ndjson")
    kinds = [json.loads(line)["kind"] for line in answer.body.splitlines()]
    assert kinds == ["export", "app", "user", "conversation", "participant", "message", "message", "message", "end"]


def test_a_place_that_is_none_is_refused(client: Client) -> None:
    for after in ("", "nowhere", "user:1", "message:x:y", "user:" + "a" * 24 + "@nowhen", "bytes::" + "0" * 26 + ":-1"):
        with pytest.raises(BadRequest):
            list(client.exports.lines(after=after))
    for after in ("user:" + "0" * 24, "message:" + "f" * 24 + ":" + "f" * 24, "bytes::" + "0" * 26 + ":7", "end"):
        *_, last = client.exports.lines(after=after)
        assert isinstance(last, ExportEnd), "what is gone meanwhile is passed over"


def test_a_reader_who_does_not_read_holds_up_nobody_and_makes_room_when_gone(app: Caller) -> None:
    talk = app.conversation()
    for _ in range(150):
        app.say(talk, TEXT)
    reading = [opened(app) for _ in range(AT_ONCE)]

    def is_full() -> bool:
        answer = app.get(f"{path(app)}?after=end")
        assert answer.status in (200, TooManyRequests.status)
        return "retry-after" in answer.headers

    within(10, is_full)
    assert app.say(talk)["id"], "others are answered meanwhile"
    for each in reading:
        each.close()
    within(10, lambda: not is_full())


def test_an_answer_that_breaks_off_is_asked_for_again(app: Caller) -> None:
    """A door that lets so many bytes through, and then closes."""
    talk = app.conversation()
    ids = [app.say(talk, TEXT)["id"] for _ in range(60)]
    host, port = app.url.removeprefix("http://").split(":")
    door = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                coming, _ = door.accept()
            except OSError:
                return
            with coming, socket.create_connection((host, int(port))) as going:
                head = coming.recv(65536)
                asked.append(head.split(b"\r\n")[0])
                going.sendall(head)
                left = 90_000
                with suppress(OSError):  # who asked has all that it wants
                    while left > 0 and (piece := going.recv(min(left, 8192))):
                        coming.sendall(piece)
                        left -= len(piece)

    threading.Thread(target=serve, daemon=True).start()
    where = f"http://127.0.0.1:{door.getsockname()[1]}"
    with Client(where, app_id=app.app_id, key_id=app.key_id, secret=app.secret, sleep=lambda _: None) as client:
        met = [line.data.id for line in client.exports.lines() if isinstance(line, ExportedMessage)]
    door.close()
    assert met == ids
    assert len(asked) > 2
    assert b"after=message" in asked[1]


def test_a_client_that_never_gets_a_line_gives_up(serve: Any) -> None:
    live: Live = serve()
    app = live.app()
    live.stop()
    with (
        Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, sleep=lambda _: None) as client,
        pytest.raises(NoAnswer),
    ):
        list(client.exports.lines())


def test_an_async_client_reads_the_same(app: Caller, client: Client) -> None:
    from parhelion import AsyncClient

    filled(app)

    async def read() -> list[Any]:
        async with AsyncClient(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as other:
            async with other.exports.lines() as lines:
                return [line async for line in lines]

    assert asyncio.run(read())[1:] == list(client.exports.lines())[1:]
