"""The async transport: httpcore2's pool and parser over asyncio's sockets.

It keeps the promises of the sync one (see `http_client`): answers before the end of a body are seen, a dead idle
connection is replaced once when that is safe, and a request that did not leave whole is `NoAnswer(sent=False)`.
Connections belong to the event loop that made them; each loop has a pool of its own. A stream has a connection beside
the pool, which is closed after it: it would hold one of the pool's for as long as it is open.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import httpcore2

from ..wire import NoAnswer
from .pools import FAILED, Stale, asked, exchange, headers_of, in_our_words, why
from .proxies import Given, proxy_for
from .streams import Backend
from .transport import Request, Response, Timeout, bare

IDLE = 60.0  # seconds; what lies between forgets silent connections, often after a few minutes
KEPT = 32  # idle connections
MOST = 256  # connections at the same time; further requests wait for one

Pools = dict[str, httpcore2.AsyncConnectionPool]


class AsyncHttpTransport:
    """Sends requests over HTTP/1.1, from as many tasks as you like: 256 at a time, the others wait.

    `ssl_context` replaces the default one (the system's certificate authorities), `proxy` the environment's: an
    address, or False for none.

        AsyncClient("https://example.org", transport=AsyncHttpTransport(proxy="http://proxy:3128"))
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, proxy: Given = None) -> None:
        self._context = ssl_context
        self._proxy: Given = proxy
        self._pools: dict[asyncio.AbstractEventLoop, Pools] = {}
        self._streams: set[AsyncHttpStream] = set()
        self._closed = False

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`. Raises RuntimeError once closed."""
        if self._closed:
            raise RuntimeError("This client is closed")
        pool = self._pool(request.origin)
        try:
            return await exchange(pool, request, timeout)
        except Stale as stale:
            if not request.replayable or not (request.harmless or not stale.sent):
                raise
        return await exchange(pool, request, timeout)

    async def stream(self, request: Request, timeout: Timeout) -> AsyncHttpStream:
        """As `StreamingTransport.stream`. Raises RuntimeError once closed."""
        if self._closed:
            raise RuntimeError("This client is closed")
        alone = self._made(request.origin)
        try:
            with in_our_words(request.origin):
                answer = await alone.handle_async_request(asked(request, timeout))
        except BaseException:
            await alone.aclose()
            raise
        stream = AsyncHttpStream(request.origin, answer, alone, self._streams.discard)
        self._streams.difference_update([each for each in list(self._streams) if each.loop.is_closed()])
        self._streams.add(stream)
        return stream

    async def close(self) -> None:
        """Close the connections of this event loop, and let go of those of others. Streams are cut off."""
        self._closed = True
        for stream in [each for each in list(self._streams) if each.loop is asyncio.get_running_loop()]:
            await stream.close()
        for pool in self._pools.pop(asyncio.get_running_loop(), {}).values():
            await pool.aclose()
        self._pools.clear()

    def _pool(self, origin: str) -> httpcore2.AsyncConnectionPool:
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            for ended in [each for each in list(self._pools) if each.is_closed()]:
                self._pools.pop(ended, None)
        pools = self._pools.setdefault(loop, {})
        pool = pools.get(origin)
        if pool is None:
            pool = pools[origin] = self._made(origin)
        return pool

    def _made(self, origin: str) -> httpcore2.AsyncConnectionPool:
        if self._context is None and origin.startswith("https:"):
            self._context = ssl.create_default_context()
        proxy = proxy_for(origin, self._proxy)
        through = None
        if proxy is not None:
            said: dict[bytes | str, bytes | str] = {}
            if proxy.authorization:
                said["proxy-authorization"] = proxy.authorization
            through = httpcore2.Proxy(proxy.origin, headers=said)
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._context,
            proxy=through,
            max_connections=MOST,
            max_keepalive_connections=KEPT,
            keepalive_expiry=IDLE,
            network_backend=Backend(),
        )


class AsyncHttpStream:
    """An answer under way: see `AsyncStream`."""

    def __init__(
        self,
        origin: str,
        answer: httpcore2.Response,
        alone: httpcore2.AsyncConnectionPool,
        closed: Callable[[AsyncHttpStream], object],
    ) -> None:
        self.status, self.headers = answer.status, headers_of(answer)
        self.loop = asyncio.get_running_loop()
        self._origin, self._answer, self._alone, self._when_closed = origin, answer, alone, closed
        self._pieces = answer.aiter_stream()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """The next piece: see `Stream`."""
        try:
            return await anext(self._pieces)
        except FAILED as error:
            raise NoAnswer(f"No more from {urlsplit(self._origin).netloc}: {why(error)}", sent=True) from bare(error)

    async def close(self) -> None:
        """Let go of it: see `AsyncStream`."""
        self._when_closed(self)
        with contextlib.suppress(RuntimeError):  # another task waits in it, and will be told by the connection
            await self._pieces.aclose()
        await self._answer.aclose()
        await self._alone.aclose()
