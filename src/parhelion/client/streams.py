"""Sockets for the async transport, on asyncio alone.

What arrives is taken off the socket at once, also while a request is still going out. So an early answer (413) is seen
and survives the reset that follows it, and an idle connection knows when its server has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from asyncio.trsock import TransportSocket
from collections.abc import Iterable
from typing import Any, cast

import httpcore2

from .sockets import wait

LITTLE = 1024  # bytes
HELD = 256 * 1024  # bytes taken off the socket and not yet asked for, before the server has to wait


class StaleError(httpcore2.ReadError):
    """A used connection was dead before the first byte of an answer."""


class Backend(httpcore2.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - asyncio sets TCP_NODELAY
    ) -> httpcore2.AsyncNetworkStream:
        """A connection, or ConnectError, or ConnectTimeout."""
        local = None if local_address is None else (local_address, 0)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                _, protocol = await loop.create_connection(_Protocol, host, port, local_addr=local)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"nobody answered for {timeout:g} s") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        return Stream(protocol)


class Stream(httpcore2.AsyncNetworkStream):
    """One connection: one reader and one writer at a time."""

    def __init__(self, protocol: _Protocol) -> None:
        self._protocol = protocol
        self._used = self._heard = False  # an answer was read before; a byte came since the last write

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at least a byte; b"" at the end."""
        protocol = self._protocol
        if not protocol.held and not protocol.ended:
            try:
                async with asyncio.timeout(timeout):
                    while not protocol.held and not protocol.ended:
                        await protocol.something()
            except TimeoutError as error:
                raise httpcore2.ReadTimeout(f"nothing came for {timeout:g} s") from error
        if protocol.held:
            self._heard = self._used = True
            return protocol.take(max_bytes)
        if self._used and not self._heard:
            raise StaleError("the connection was closed")
        if protocol.error is not None:
            raise httpcore2.ReadError(str(protocol.error) or type(protocol.error).__name__)
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it. WriteError when the server has begun to answer, or to leave, instead of listening."""
        protocol = self._protocol
        self._heard = False
        if buffer and not protocol.held and not protocol.ended:
            protocol.transport.write(buffer)
            if len(buffer) > LITTLE:
                await asyncio.sleep(0)  # a fast network never makes us wait, and then nothing that comes would be seen
            if protocol.full:
                try:
                    async with asyncio.timeout(timeout):
                        while protocol.full and not protocol.held and not protocol.ended:
                            await protocol.something()
                except TimeoutError as error:
                    raise httpcore2.WriteTimeout(f"nothing was taken for {timeout:g} s") from error
        if protocol.held or protocol.ended:
            raise httpcore2.WriteError("the server does not listen")

    async def aclose(self) -> None:
        """Close it now; what was not sent yet is not sent."""
        self._protocol.transport.close()
        await asyncio.sleep(0)
        if not self._protocol.lost:  # asyncio aborts no transport that has nothing left to abort
            self._protocol.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection, from here on under TLS."""
        protocol = self._protocol
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                inner = await loop.start_tls(protocol.transport, protocol, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            await self.aclose()
            raise httpcore2.ConnectTimeout(f"no TLS handshake within {timeout:g} s") from error
        except OSError as error:  # TLS errors are OSErrors
            await self.aclose()
            raise httpcore2.ConnectError(str(error)) from error
        except BaseException:
            protocol.transport.abort()
            raise
        protocol.connection_made(cast("asyncio.Transport", inner))
        return Stream(protocol)

    def get_extra_info(self, info: str) -> Any:
        """Whether an idle connection has something to say, which can only be that it is over."""
        protocol = self._protocol
        if info == "is_readable":
            # The event loop may not have run since: what it has not told us the socket knows.
            sock = protocol.transport.get_extra_info("socket")
            return protocol.held or protocol.ended or sock.fileno() < 0 or wait(sock, 0)[0]
        return protocol.transport.get_extra_info(info)


class _Protocol(asyncio.Protocol):
    """What asyncio tells us of a connection."""

    def __init__(self) -> None:
        self.transport = cast("asyncio.Transport", None)
        self.full = self.ended = self.lost = False
        self.error: Exception | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        self._held_back = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def held(self) -> bool:
        return self._size > 0

    async def something(self) -> None:
        """Wait until anything happens."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def take(self, most: int) -> bytes:
        whole = b"".join(self._chunks) if len(self._chunks) > 1 else self._chunks[0]
        taken, rest = whole[:most], whole[most:]
        self._chunks = [rest] if rest else []
        self._size = len(rest)
        if self._held_back and self._size < HELD:
            self._held_back = False
            self.transport.resume_reading()
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._chunks.append(data)
        self._size += len(data)
        if self._size >= HELD and not self._held_back:
            self._held_back = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self.lost, self.error = True, True, exc
        if exc is not None:
            self._save()
        self._wake()

    def _save(self) -> None:
        """After a write that failed, asyncio leaves unread what had come before. It may be the reason."""
        sock = self.transport.get_extra_info("socket")
        if isinstance(sock, TransportSocket) and self.transport.get_extra_info("sslcontext") is None:
            with contextlib.suppress(OSError), sock.dup() as rest:
                rest.setblocking(False)
                while self._size < HELD and (data := rest.recv(HELD)):
                    self._chunks.append(data)
                    self._size += len(data)

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
