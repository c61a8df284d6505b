"""A webhook that works is not kept waiting by five of the same app that do not.

The time is from before a message is posted until it has arrived at the receiver that works: alone, and beside receivers
that hang, fail, hang up, go on for ever, and are not who they say.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path
from statistics import quantiles

from parhelion import AsyncClient, Author, MessagePost, TextMessage
from tests.live import Caller, Live
from tests.server.receiving import Got, Receiver, receiving

CERTIFICATE = Path(__file__).parent.parent / "client" / "localhost.pem"  # signed by nobody who is trusted
PLACES, POSTS = 16, 300
ANSWER, PIECE = 10 * 1024 * 1024, 4096  # bytes
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Storm:
    """Five receivers that should not have been called."""

    def __init__(self) -> None:
        self.called: Counter[str] = Counter()
        self.targets: list[str] = []

    async def begin(self, opened: AsyncExitStack) -> None:
        for answer in (self._hang, self._fail):
            receiver = await opened.enter_async_context(receiving())
            receiver.answer = answer
            self.targets.append(receiver.url)
        for handler in (self._hang_up, self._go_on):
            self.targets.append(f"http://127.0.0.1:{await opened.enter_async_context(listening(handler))}/hook")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.sni_callback = self._greeted
        port = await opened.enter_async_context(listening(self._hang_up, context))
        self.targets.append(f"https://127.0.0.1:{port}/hook")

    def _called(self, who: str) -> None:
        self.called[who] += 1

    def _greeted(self, *_: object) -> None:
        self._called("not who it says")

    async def _hang(self, _: Got) -> int:
        self._called("hangs")
        await asyncio.Event().wait()
        return 200

    async def _fail(self, _: Got) -> int:
        self._called("fails")
        return 500

    async def _hang_up(self, *_: object) -> None:
        self._called("hangs up")

    async def _go_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._called("goes on")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % ANSWER)
        for _ in range(ANSWER // PIECE):
            writer.write(bytes(PIECE))
            await writer.drain()
            await asyncio.sleep(0.05)


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """A server's port."""
    connections: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(handle(reader, writer))
        connections.add(task)

        def ended(_: object) -> None:  # also one that was cancelled before it began
            connections.discard(task)
            writer.transport.abort()

        task.add_done_callback(ended)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def hook(app: Caller, target: str) -> None:
    """One more webhook of the app."""
    body = {"type": "custom", "webhooks": [{"target": target, "triggers": ["conversation:message"]}]}
    answer = await asyncio.to_thread(app.post, f"{app.app}/integrations", body)
    assert answer.status == 201, answer


class Watch:
    """When messages were posted, and when they came."""

    def __init__(self, receiver: Receiver) -> None:
        self.came: dict[str, float] = {}
        receiver.answer = self._take
        self._more = asyncio.Condition()

    async def _take(self, got: Got) -> int:
        async with self._more:
            self.came.setdefault(got.json["events"][0]["payload"]["message"]["content"]["text"], time.perf_counter())
            self._more.notify_all()
        return 200

    async def post(self, client: AsyncClient, places: list[str], name: str) -> list[float]:
        """One after the other. Seconds that each was on its way; all of them arrive."""
        posted: dict[str, float] = {}
        for number, place in zip(range(POSTS), cycle(places), strict=False):
            text = f"{name} {number}"
            posted[text] = time.perf_counter()
            await client.messages.post(
                place, MessagePost(author=Author(type="business"), content=TextMessage(text=text))
            )
        async with self._more, asyncio.timeout(30):
            await self._more.wait_for(lambda: posted.keys() <= self.came.keys())
        return [self.came[text] - began for text, began in posted.items()]


def p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def test_a_webhook_that_works_does_not_wait_for_five_that_do_not(serve: Callable[[], Live]) -> None:
    live = serve()
    app = live.app()
    places = [app.conversation() for _ in range(PLACES)]
    storm = Storm()

    async def story() -> tuple[list[float], list[float]]:
        async with (
            AsyncExitStack() as opened,
            receiving() as receiver,
            AsyncClient(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client,
        ):
            watch = Watch(receiver)
            await hook(app, receiver.url)
            await watch.post(client, places, "to begin with")
            alone = await watch.post(client, places, "alone")
            await storm.begin(opened)
            for target in storm.targets:
                await hook(app, target)
            await watch.post(client, places, "the first of the storm")
            beside = await watch.post(client, places, "in the storm")
            await asyncio.to_thread(live.kill)  # it would go on calling, while the receivers close
            for _ in range(100):
                await asyncio.sleep(0)  # until they have noticed
            return alone, beside

    alone, beside = (p99(each) for each in asyncio.run(story()))
    print(f"p99 from post to arrival: alone {alone * 1000:.1f} ms, in a storm {beside * 1000:.1f} ms; {storm.called}")
    assert set(storm.called) == {"hangs", "fails", "hangs up", "goes on", "not who it says"}
    assert beside < 10 * alone + 0.25
