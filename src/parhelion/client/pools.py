"""Requests through a connection pool of httpcore2: the user's own, or those of the usual async transport.

    Client(transport=httpcore2.ConnectionPool(proxy=httpcore2.Proxy("socks5://127.0.0.1:1080")))
    AsyncClient(transport=httpcore2.AsyncConnectionPool(ssl_context=context, http2=True))

What a pool is made with is its maker's business: proxies, certificates, limits, HTTP/2, sockets that are none. When a
connection breaks, what is sent again is the flow's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Protocol
from urllib.parse import urlsplit

import httpcore2

from ..wire import NoAnswer
from .streams import StaleError
from .transport import Request, Response, Timeout, bare
from .uploads import Multipart

NOT_CONNECTED = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.ProxyError, httpcore2.PoolTimeout)
FAILED = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, httpcore2.ProxyError)


class Pool(Protocol):
    """What httpcore2.ConnectionPool is, and whatever is made like it."""

    def handle_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send it, and answer once the head of what comes back is there."""
        ...


class AsyncPool(Protocol):
    """What httpcore2.AsyncConnectionPool is, and whatever is made like it."""

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """As `Pool.handle_request`."""
        ...


class Pooled:
    """A transport through a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`."""
        content = None if request.body is None else _Content(request.body)
        with in_our_words(request.origin, content):
            answer = self._pool.handle_request(asked(request, timeout, content))
            try:
                body = answer.read()
            finally:
                answer.close()
        return Response(answer.status, headers_of(answer), body)

    def __repr__(self) -> str:
        return f"Pooled({self._pool!r})"


class AsyncPooled:
    """A transport through a pool."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `Transport.send`."""
        return await exchange(self._pool, request, timeout)

    def __repr__(self) -> str:
        return f"AsyncPooled({self._pool!r})"


class Stale(NoAnswer):
    """A used connection was dead before the first byte of an answer."""


async def exchange(pool: AsyncPool, request: Request, timeout: Timeout) -> Response:
    """Send a request through a pool, once."""
    content = None if request.body is None else _Content(request.body)
    with in_our_words(request.origin, content):
        answer = await pool.handle_async_request(asked(request, timeout, content))
        try:
            body = await answer.aread()
        finally:
            await answer.aclose()
    return Response(answer.status, headers_of(answer), body)


def asked(request: Request, timeout: Timeout, content: _Content | None = None) -> httpcore2.Request:
    """The request as httpcore2 wants it."""
    parts = urlsplit(request.origin)
    headers = [(b"host", parts.netloc.encode()), *((n.encode(), v.encode()) for n, v in request.headers.items())]
    limits = {"connect": timeout.connect, "read": timeout.read, "write": timeout.read}
    return httpcore2.Request(
        request.method,
        httpcore2.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=request.path),
        headers=headers,
        content=content,
        extensions={"timeout": limits},
    )


@contextlib.contextmanager
def in_our_words(origin: str, content: _Content | None = None) -> Generator[None]:
    """What goes wrong, as NoAnswer. Without the frames it came through: they hold headers, and these a secret."""
    try:
        yield
    except NOT_CONNECTED as error:
        raise NoAnswer(f"No connection to {origin}: {why(error)}", sent=False) from bare(error)
    except FAILED as error:
        kind = Stale if isinstance(error, StaleError) else NoAnswer
        whole = content is None or content.whole
        raise kind(f"No answer from {urlsplit(origin).netloc}: {why(error)}", sent=whole) from bare(error)


def headers_of(answer: httpcore2.Response) -> dict[str, str]:
    """By lower-case name; the values of a repeated one are joined."""
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

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self._body, bytes):
            yield self._body
        else:
            yield from map(bytes, self._body.chunks())
        self.whole = True

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


def why(error: Exception) -> str:
    """What an error says of itself, or what it is."""
    return str(error) or type(error).__name__
