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
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from urllib.parse import urlsplit

import httpcore2

from ..wire import NoAnswer
from .proxies import Given, proxy_for
from .streams import Backend, StaleError
from .transport import Request, Response, Timeout
from .uploads import Multipart

IDLE = 60.0  # seconds; what lies between forgets silent connections, often after a few minutes
KEPT = 32  # idle connections
MOST = 256  # connections at the same time; further requests wait for one
NOT_CONNECTED = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.ProxyError, httpcore2.PoolTimeout)
FAILED = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, httpcore2.ProxyError)

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
            return await _exchange(pool, request, timeout)
        except _Stale as stale:
            if not request.replayable or not (request.harmless or not stale.sent):
                raise
        return await _exchange(pool, request, timeout)

    async def stream(self, request: Request, timeout: Timeout) -> AsyncHttpStream:
        """As `StreamingTransport.stream`. Raises RuntimeError once closed."""
        if self._closed:
            raise RuntimeError("This client is closed")
        alone = self._made(request.origin)
        asked, content = _asked(request, timeout)
        try:
            with _in_our_words(request.origin, content):
                answer = await alone.handle_async_request(asked)
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


class _Stale(NoAnswer):
    """A used connection was dead before the first byte of an answer."""


class AsyncHttpStream:
    """An answer under way: see `AsyncStream`."""

    def __init__(
        self,
        origin: str,
        answer: httpcore2.Response,
        alone: httpcore2.AsyncConnectionPool,
        closed: Callable[[AsyncHttpStream], object],
    ) -> None:
        self.status, self.headers = answer.status, _headers(answer)
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
            raise NoAnswer(f"No more from {urlsplit(self._origin).netloc}: {_why(error)}", sent=True) from error

    async def close(self) -> None:
        """Let go of it: see `AsyncStream`."""
        self._when_closed(self)
        with contextlib.suppress(RuntimeError):  # another task waits in it, and will be told by the connection
            await self._pieces.aclose()
        await self._answer.aclose()
        await self._alone.aclose()


async def _exchange(pool: httpcore2.AsyncConnectionPool, request: Request, timeout: Timeout) -> Response:
    asked, content = _asked(request, timeout)
    with _in_our_words(request.origin, content):
        answer = await pool.handle_async_request(asked)
        try:
            body = await answer.aread()
        finally:
            await answer.aclose()
    return Response(answer.status, _headers(answer), body)


def _asked(request: Request, timeout: Timeout) -> tuple[httpcore2.Request, _Content | None]:
    parts = urlsplit(request.origin)
    headers = [(b"host", parts.netloc.encode()), *((n.encode(), v.encode()) for n, v in request.headers.items())]
    content = None if request.body is None else _Content(request.body)
    limits = {"connect": timeout.connect, "read": timeout.read, "write": timeout.read}
    asked = httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=request.path),
        headers=headers,
        content=content,
        extensions={"timeout": limits},
    )
    return asked, content


@contextlib.contextmanager
def _in_our_words(origin: str, content: _Content | None) -> Generator[None]:
    try:
        yield
    except NOT_CONNECTED as error:
        raise NoAnswer(f"No connection to {origin}: {_why(error)}", sent=False) from error
    except FAILED as error:
        kind = _Stale if isinstance(error, StaleError) else NoAnswer
        whole = content is None or content.whole
        raise kind(f"No answer from {urlsplit(origin).netloc}: {_why(error)}", sent=whole) from error


def _headers(answer: httpcore2.Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


class _Content:
    """A body, and whether all of it was taken."""

    def __init__(self, body: bytes | Multipart) -> None:
        self._body = body
        self.whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if isinstance(self._body, bytes):
            yield self._body
        else:
            async with contextlib.aclosing(_chunks(self._body)) as chunks:
                async for chunk in chunks:
                    yield chunk
        self.whole = True


async def _chunks(upload: Multipart) -> AsyncGenerator[bytes]:
    yield upload.head
    sent = 0
    upload.told(sent)
    async with contextlib.aclosing(upload.awaited_blocks() if upload.is_async else _from_here(upload)) as blocks:
        async for block in blocks:
            yield block
            sent += len(block)
            upload.told(sent)
    yield upload.tail


async def _from_here(upload: Multipart) -> AsyncGenerator[bytes]:
    """A disk blocks, and so may somebody's iterator."""
    blocks = upload.blocks()
    try:
        while block := await asyncio.to_thread(next, blocks, b"") if upload.blocks_others else next(blocks, b""):
            yield bytes(block)
    finally:
        with contextlib.suppress(ValueError):  # the thread is still at it: its generator closes when it is done
            blocks.close()


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
