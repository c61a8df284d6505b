"""The line to a hosted account: a transport for the client, and a way to fetch files.

Everything that goes out waits for its turn. An answer of the API has bounds in bytes and seconds. Files may lie at
other hosts that were allowed: of these every address is judged before it is called, as a webhook's is, and that very
address is called. Who we are is told to nobody but the account itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore2

from ...client import Headers, Request, Response, Timeout
from ...client.flow import retry_after
from ...client.pools import Stale, asked, headers_of, in_our_words
from ...client.proxies import proxy_for
from ...client.streams import Backend
from ...server.rules.targets import Place, Reach, refusal
from ...wire import NoAnswer
from .pace import Pace

BODY = 64 << 20  # bytes of an answer: a page has 100 messages


class Bounds(NamedTuple):
    """What is believed of an account: bytes of a file, pages of a list (a conversation of the hosted service has 300 at
    most), seconds until an answer is whole, and a file.
    """

    file: int = 100 << 20
    pages: int = 2000
    answer: float = 180.0
    download: float = 1800.0


class Answer(NamedTuple):
    """The head of what is fetched, and its body as it comes."""

    status: int
    headers: dict[str, str]
    pieces: AsyncIterator[bytes]


class Line:
    """Sends requests: see `parhelion.client.AsyncTransport`. `home` is the origin of the account."""

    def __init__(self, home: str, pace: Pace, clock: Callable[[], float], bounds: Bounds) -> None:
        self._home, self._pace, self._clock, self._bounds = home, pace, clock, bounds
        self._pools: dict[str, httpcore2.AsyncConnectionPool] = {}
        self._context: ssl.SSLContext | None = None
        self._reach: Reach | None = None

    async def send(self, request: Request, timeout: Timeout) -> Response:
        """As `AsyncTransport.send`."""
        try:
            return await self._sent(request, timeout)
        except Stale:
            return await self._sent(request, timeout)

    async def _sent(self, request: Request, timeout: Timeout) -> Response:
        async with self._opened(request, timeout, self._bounds.answer) as answer:
            body = bytearray()
            async for piece in answer.pieces:
                body += piece
                if len(body) > BODY:
                    host = urlsplit(request.origin).netloc
                    raise NoAnswer(f"{host} answered with more than {BODY >> 20} MiB", sent=True)
            return Response(answer.status, answer.headers, bytes(body))

    @contextlib.asynccontextmanager
    async def fetch(self, place: Place, authorization: str | None, timeout: Timeout) -> AsyncGenerator[Answer]:
        """What lies at an address. Raises NoAnswer, in the midst of its pieces too."""
        headers = Headers({"accept": "*/*", "accept-encoding": "identity", "user-agent": "parhelion pull"})
        if authorization is not None:
            headers["authorization"] = authorization
        request = Request("GET", f"{place.scheme}://{place.authority}", place.path, headers)
        async with self._opened(request, timeout, self._bounds.download) as answer:
            yield answer

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()

    @contextlib.asynccontextmanager
    async def _opened(self, request: Request, timeout: Timeout, whole: float) -> AsyncGenerator[Answer]:
        """The head of an answer; all of it has to be there within `whole` seconds."""
        pool = await self._pool(request.origin)
        await self._pace.turn()
        try:
            async with asyncio.timeout(whole):
                with in_our_words(request.origin):
                    answer = await pool.handle_async_request(asked(request, timeout))
                    try:
                        headers = headers_of(answer)
                        self._pace.heard(answer.status, retry_after(headers, self._clock))
                        async with contextlib.aclosing(answer.aiter_stream()) as pieces:
                            yield Answer(answer.status, headers, pieces)
                    finally:
                        await answer.aclose()
        except TimeoutError:
            host = urlsplit(request.origin).netloc
            raise NoAnswer(f"{host} did not end its answer within {whole:g} s", sent=True) from None

    async def _pool(self, origin: str) -> httpcore2.AsyncConnectionPool:
        if (pool := self._pools.get(origin)) is not None:
            return pool
        if self._context is None and origin.startswith("https:"):
            self._context = ssl.create_default_context()
        backend: httpcore2.AsyncNetworkBackend = Backend()
        through = None
        if (proxy := proxy_for(origin, None)) is not None:  # then it is the proxy that looks for the host
            said: dict[bytes | str, bytes | str] = {}
            if proxy.authorization:
                said["proxy-authorization"] = proxy.authorization
            through = httpcore2.Proxy(proxy.origin, headers=said)
        elif origin != self._home:
            backend = _Judging(await self._neighbourhood())
        self._pools[origin] = httpcore2.AsyncConnectionPool(
            ssl_context=self._context, proxy=through, keepalive_expiry=30.0, network_backend=backend
        )
        return self._pools[origin]

    async def _neighbourhood(self) -> Reach:
        """Where other hosts may stand: inside only if the account itself stands there."""
        if self._reach is None:
            parts = urlsplit(self._home)
            found: Iterable[str] = ()
            with contextlib.suppress(OSError, UnicodeError):
                found = await _addresses(parts.hostname or "", parts.port or 443)
            kinds = [refusal(each, Reach()) for each in found]
            inside = [each for each in found if refusal(each, Reach(private=True, loopback=True)) is None]
            loopback = any(refusal(each, Reach(private=True)) is not None for each in inside)
            self._reach = Reach(private=any(kinds), loopback=loopback)
        return self._reach


class _Judging(Backend):
    """Connects to where a name stands, if that may be called."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await _addresses(host, port)
        except (OSError, UnicodeError) as error:  # a timeout is one
            raise httpcore2.ConnectError(f"{host} has no address: {error}") from error
        for address in addresses:
            if refused := refusal(address, self._reach):
                raise httpcore2.ConnectError(f"{host} is {refused}")
        trouble: httpcore2.ConnectError | httpcore2.ConnectTimeout = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses[:3]:
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                trouble = error
        raise trouble


async def _addresses(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
