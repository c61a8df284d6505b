"""The transport that calls an application in the same process: what holds of it whatever that application does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from parhelion.client.transport import Request, Timeout
from parhelion.client.uploads import Multipart
from parhelion.operations import UploadFile
from parhelion.server.console import Console
from parhelion.server.console.inside import HELD, Inside
from parhelion.server.console.session import COOKIE, token_of
from parhelion.server.http.asgi import Asgi, Message, Receive, Scope, Send
from parhelion.wire import NoAnswer

HERE: Scope = {"type": "http", "scheme": "http", "headers": [(b"host", b"here")]}
ASKED = Request("GET", "http://inside", "/a?b=c")
START = {"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b")]}


def run(story: Coroutine[Any, Any, None]) -> None:
    """To its end, within ten seconds, and no task is left of it."""

    async def all_of_it() -> None:
        async with asyncio.timeout(10):
            await story
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(all_of_it())


async def fails_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError


async def says_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    return


async def fails_halfway(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise RuntimeError


async def stops_halfway(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"half", "more_body": True})


@pytest.mark.parametrize("application", [fails_at_once, says_nothing, fails_halfway, stops_halfway])
def test_an_answer_that_is_not_whole_is_none(application: Asgi, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        with pytest.raises(NoAnswer):
            await Inside(application, HERE).send(ASKED, Timeout())

    run(story())
    failed = [each for each in caplog.records if each.exc_info]
    assert bool(failed) == (application in (fails_at_once, fails_halfway))  # and why is in the log


def test_an_answer_may_have_no_body() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "status": 204})
        await send({"type": "http.response.body"})

    async def story() -> None:
        answer = await Inside(application, HERE).send(ASKED, Timeout())
        assert (answer.status, answer.headers, answer.body) == (204, {"x-a": "b"}, b"")

    run(story())


def test_who_reads_slowly_holds_the_application_back() -> None:
    sent = 0

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(START)
        while sent < 1000:
            sent += 1
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def story() -> None:
        stream = await Inside(application, HERE).stream(ASKED, Timeout())
        read = 0
        async for _ in stream:
            read += 1
            for _ in range(50):  # it has all the time that it wants
                await asyncio.sleep(0)
            assert sent <= read + HELD + 1
        await stream.close()
        assert read == 1000

    run(story())


@pytest.mark.parametrize("read", [0, 1, 40])
def test_an_application_ends_with_who_listens(read: int) -> None:
    ended = list[str]()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send(START)
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
        finally:
            ended.append("the application")

    async def story() -> None:
        stream = await Inside(application, HERE).stream(ASKED, Timeout())
        pieces = aiter(stream)
        for _ in range(read):
            await anext(pieces)
        await stream.close()
        await stream.close()
        assert ended == ["the application"]

    run(story())


def test_who_does_not_wait_for_the_head_ends_it_too() -> None:
    begun, ended = asyncio.Event(), list[str]()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.append("the application")

    async def story() -> None:
        asking = asyncio.ensure_future(Inside(application, HERE).send(ASKED, Timeout()))
        await begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert ended == ["the application"]

    run(story())


def test_nothing_of_the_browsers_request_goes_along_but_its_host() -> None:
    heard = list[Scope]()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(scope)
        await send(START)
        await send({"type": "http.response.body", "body": b""})

    async def story() -> None:
        headers = [(b"host", b"here"), (b"cookie", b"a=b"), (b"authorization", b"theirs"), (b"x-request-id", b"x")]
        await Inside(application, {**HERE, "headers": headers}).send(ASKED, Timeout())
        assert heard[0]["headers"] == [(b"host", b"here")]
        assert (heard[0]["raw_path"], heard[0]["query_string"]) == (b"/a", b"b=c")

    run(story())


def test_a_file_is_taken_as_it_comes() -> None:
    taken = given = 0

    async def blocks() -> Any:
        nonlocal given
        while given < 100:
            given += 1
            yield b"x" * 1000

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal taken
        more = True
        while more:
            message = await receive()
            more, taken = message["more_body"], taken + len(message["body"])
            assert given * 1000 <= taken + 1000
        await send(START)
        await send({"type": "http.response.body", "body": b""})

    async def story() -> None:
        body = Multipart("source", UploadFile(blocks(), name="a.txt"))
        await Inside(application, HERE).send(Request("POST", "http://inside", "/a", body=body), Timeout())
        assert taken == len(body.head) + 100_000 + len(body.tail)

    run(story())


async def answers_what_is_none(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"<not json>"})


@pytest.mark.parametrize("application", [fails_at_once, says_nothing, fails_halfway, answers_what_is_none])
@pytest.mark.parametrize("script", [True, False])
def test_a_page_tells_that_something_failed(application: Asgi, *, script: bool) -> None:
    async def story() -> None:
        sent, headers = list[Message](), [(b"host", b"here")]
        headers.append((b"cookie", f"{COOKIE}=a!{token_of('app_a', 'x' * 40, 0)}".encode()))
        if script:
            headers.append((b"x-requested-with", b"console"))

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        async def send(message: Message) -> None:
            sent.append(message)

        path = "/console/apps/a/keys"
        scope = {**HERE, "method": "GET", "path": path, "query_string": b"", "headers": headers}
        await Console(application, lambda: 0.0)(scope, receive, send)
        body = b"".join(each.get("body", b"") for each in sent)
        assert sent[0]["status"] in (500, 502, 503), body
        assert (b'role="alert"' in body, body.startswith(b"<!doctype html>")) == (True, not script)

    run(story())
