"""The two drivers, over real sockets."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from parhelion import ApiError, AsyncClient, Client, NoAnswer, Page, Response, TooManyRequests
from tests.client.support import HELLO, AsyncCanned, Canned, Peer, serving

KEY: dict[str, Any] = {"app_id": "app1", "key_id": "app_1", "secret": "x", "proxy": False}
EMPTY = '{"messages":[]}'
AUTHOR = '"author":{"type":"user"}'


def message(number: int) -> str:
    content = f'{{"type":"text","text":"{number}"}}'
    return f'{{"id":"{number:024x}","received":"2026-01-01T00:00:00.000Z",{AUTHOR},"content":{content}}}'


def page(newest: int, size: int = 2) -> str:
    """Messages up to the newest, and where those before them are."""
    numbers = [number for number in range(newest - size + 1, newest + 1) if number > 0]
    meta = f'{{"hasMore":true,"beforeCursor":"{numbers[0]:024x}"}}' if numbers[0] > 1 else '{"hasMore":false}'
    return f'{{"messages":[{",".join(map(message, numbers))}],"meta":{meta}}}'


def history(peer: Peer) -> None:
    """Five messages, two a page."""
    while head := peer.request()[0]:
        _, _, cursor = head[0].split()[1].partition("page%5Bbefore%5D=")
        peer.answer(page(int(cursor, 16) - 1 if cursor else 5))


def busy_once(peer: Peer) -> None:
    peer.request()
    peer.answer("", "429 Too Many Requests", "Retry-After: 3")
    peer.request()
    peer.answer(EMPTY)


def test_a_whole_history_is_walked() -> None:
    with serving(history) as server, Client(server.origin, **KEY) as client:
        assert [m.content.text for m in client.messages.iterate("c")] == list("54321")
        older = client.messages.iterate("c", page=Page(before=f"{3:024x}"))
        assert [m.content.text for m in older] == list("21")
    assert server.connections == 1


def test_a_whole_history_is_walked_async() -> None:
    async def main(origin: str) -> None:
        async with AsyncClient(origin, **KEY) as client:
            assert [m.content.text async for m in client.messages.iterate("c")] == list("54321")

    with serving(history) as server:
        asyncio.run(main(server.origin))
    assert server.connections == 1


def test_a_walk_asks_only_for_the_pages_it_needs() -> None:
    transport = Canned([Response(200, {}, page(5).encode())])
    client = Client("https://example.org", **KEY, transport=transport)
    walk = client.messages.iterate("c")
    assert transport.seen == []
    assert [next(walk).content.text for _ in range(2)] == ["5", "4"]
    assert len(transport.seen) == 1


def test_a_busy_server_is_waited_for() -> None:
    waited: list[float] = []
    with serving(busy_once) as server, Client(server.origin, **KEY, sleep=waited.append) as client:
        assert client.messages.list("c").messages == []
    assert 3 <= waited[0] <= 3.25


def test_a_busy_server_is_waited_for_async() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def main(origin: str) -> None:
        async with AsyncClient(origin, **KEY, sleep=sleep) as client:
            assert (await client.messages.list("c")).messages == []

    with serving(busy_once) as server:
        asyncio.run(main(server.origin))
    assert 3 <= waited[0] <= 3.25


def test_an_error_carries_what_was_said() -> None:
    said = '{"errors":[{"code":"too_many_requests","title":"Slow down"}]}'
    transport = Canned([Response(429, {"x-request-id": "r1"}, said.encode())])
    with pytest.raises(TooManyRequests, match="429 too_many_requests: Slow down") as error:
        Client("https://example.org", **KEY, transport=transport, retries=0).messages.list("c")
    assert (error.value.request_id, error.value.body) == ("r1", said.encode())


def test_an_async_client_takes_another_transport_options_and_apps() -> None:
    transport = AsyncCanned([Response(503, {}, b"")] * 2 + [Response(200, {}, EMPTY.encode())])

    async def main() -> None:
        async with AsyncClient("https://example.org", **KEY, transport=transport) as client:
            with pytest.raises(ApiError):
                await client.with_options(retries=0, timeout=3).messages.list("c")
            with pytest.raises(ApiError):
                await client.for_app("app2").with_options(retries=0).messages.list("c")
            await client.messages.list("c")
            assert repr(client) == "AsyncClient('https://example.org', app_id='app1', credentials=Basic)"

    asyncio.run(main())
    assert [each.path.split("/")[3] for each in transport.seen] == ["app1", "app2", "app1"]
    assert [each.read for each in transport.timeouts] == [3, 60, 60]
    assert not transport.closed


def test_a_wrong_call_is_pythons_own_error() -> None:
    client = Client("https://example.org", **KEY, transport=Canned([]))
    with pytest.raises(TypeError, match=r"Messages.post\(\) missing 1 required positional argument: 'body'"):
        client.messages.post("c")
    with pytest.raises(TypeError, match="app_id"):
        client.messages.post("c", HELLO, app_id="x")


def slow(peer: Peer) -> None:
    number = 0
    while head := peer.request()[0]:
        number += 1
        peer.answer(EMPTY, "200 OK", f"X-Path: {head[0].split()[1]}")


def test_many_threads_share_a_client() -> None:
    with serving(slow) as server, Client(server.origin, **KEY) as client:

        def work(number: int) -> int:
            mine = client.for_app(f"app{number}")
            return sum(len(mine.messages.list("c").messages) == 0 for _ in range(50))

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(work, range(8))) == 400
    assert server.connections <= 8


def test_many_tasks_share_a_client() -> None:
    async def main(origin: str) -> None:
        async with AsyncClient(origin, **KEY) as client:
            answers = await asyncio.gather(*(client.messages.list(f"c{n}") for n in range(100)))
            assert len(answers) == 100
            await asyncio.gather(*(client.messages.list(f"c{n}") for n in range(100)))

    with serving(slow) as server:
        asyncio.run(main(server.origin))
    assert server.connections <= 200


def test_a_cancelled_call_leaves_the_client_usable() -> None:
    hold = threading.Event()

    def handle(peer: Peer) -> None:
        if peer.request()[0] and not hold.is_set():
            hold.set()
            peer.sock.recv(1)  # until the client goes
            return
        peer.answer(EMPTY)
        slow(peer)

    async def main(origin: str) -> None:
        async with AsyncClient(origin, **KEY) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await client.messages.list("c")
            assert (await client.messages.list("c")).messages == []

    with serving(handle) as server:
        asyncio.run(main(server.origin))
    assert server.connections == 2


def test_an_async_client_serves_one_event_loop_after_another() -> None:
    with serving(slow) as server:
        client = AsyncClient(server.origin, **KEY)

        async def main(*, last: bool) -> None:
            await client.messages.list("c")
            await client.messages.list("c")
            if last:
                await client.close()

        with warnings.catch_warnings():
            # The first loop ended without anyone closing its connections, and asyncio says so.
            warnings.simplefilter("ignore", ResourceWarning)
            asyncio.run(main(last=False))
            asyncio.run(main(last=True))
            gc.collect()
    assert server.connections == 2


def test_a_client_that_is_forgotten_leaves_nothing_open() -> None:
    with serving(slow) as server:
        client = Client(server.origin, **KEY)
        client.messages.list("c")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            del client
            gc.collect()


def test_closing_one_sibling_closes_all() -> None:
    with serving(slow) as server:
        client = Client(server.origin, **KEY)
        with client.for_app("app2") as sibling:
            sibling.messages.list("c")
        with pytest.raises(RuntimeError, match="closed"):
            client.messages.list("c")


def test_a_client_is_usable_after_a_fork() -> None:
    program = """
        import os, sys
        from parhelion import Client
        client = Client(sys.argv[1], app_id="a", key_id="app_1", secret="x", proxy=False)
        client.messages.list("parent")
        child = os.fork()
        for _ in range(20):
            answer = client.messages.list("child" if child == 0 else "parent")
        client.close()
        if child:
            assert os.waitpid(child, 0)[1] == 0
    """
    seen: list[list[str]] = []

    def handle(peer: Peer) -> None:
        mine: list[str] = []
        seen.append(mine)
        while head := peer.request()[0]:
            mine.append(head[0].split("/")[5])
            peer.answer(EMPTY)

    with serving(handle) as server:
        run = [sys.executable, "-W", "error", "-c", textwrap.dedent(program), server.origin]
        subprocess.run(run, check=True, timeout=30)
    assert sorted(seen) == [["child"] * 20, ["parent"] * 21]


def test_a_lost_post_is_lost_once() -> None:
    asked: list[str] = []

    def handle(peer: Peer) -> None:
        asked.append(peer.request()[0][0])

    with serving(handle) as server, Client(server.origin, **KEY, sleep=lambda seconds: None) as client:
        with pytest.raises(NoAnswer):
            client.messages.post("c", HELLO)
        assert len(asked) == 1
        with pytest.raises(NoAnswer, match="tried 4 times"):
            client.messages.list("c")
    assert len(asked) == 5
