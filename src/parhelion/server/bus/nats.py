"""Bells between processes over NATS: an empty message for each, which is kept nowhere.

    parhelion.STORE.BELL    said by whoever rings; heard by all others who have the same store

A connection that was lost is made again by whoever opened it, to a server of the address or to another of its cluster,
as long as one answers. See docs/decisions/0017-bus.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error

from ..ports import Unavailable
from .address import Bus

CONNECTING = 2  # seconds that one server has to answer in
CLOSING = 1  # second
ANSWERING = 5  # seconds without an answer after which a connection is given up


class _Encrypted(Client):
    """Says nothing to a server that does not encrypt. nats-py takes its word for it, and would tell it the password."""

    def _connect_command(self) -> bytes:
        if not self._server_info.get("tls_required"):
            raise Error("tls:// was asked for, and the server does not encrypt")
        return super()._connect_command()


class Nats:
    """A line. `store`: whose bells these are, as others on the same servers have theirs."""

    def __init__(self, bus: Bus, store: str) -> None:
        self._bus, self._subject = bus, f"parhelion.{store}"
        self._servers = [f"{bus.scheme}://{host}" for host in bus.hosts]
        self._client: Client | None = None
        self._trouble: Exception | None = None  # the last that the servers told

    async def open(self, hear: Callable[[str], None], lost: Callable[[], None]) -> None:
        client = self._client = _Encrypted() if self._bus.scheme == "tls" else Client()
        self._trouble = None

        async def heard(message: Msg) -> None:
            hear(message.subject.rpartition(".")[2])

        async def closed() -> None:
            lost()

        async def told(trouble: Exception) -> None:
            self._trouble = trouble

        try:
            await client.connect(
                self._servers,
                error_cb=told,
                closed_cb=closed,
                name="parhelion",
                allow_reconnect=False,  # who has opened the line wants to know
                connect_timeout=CONNECTING,
                reconnect_time_wait=0,
                max_reconnect_attempts=1,
                no_echo=True,
                user=self._bus.user,
                password=self._bus.password,
                token=self._bus.token,
            )
            self._trouble = None  # one of several servers may have been away
            await client.subscribe(f"{self._subject}.*", cb=heard)  # pyright: ignore[reportUnknownMemberType] - of a future
            await self._answered(client)
        except (OSError, Error, TimeoutError) as trouble:
            why = self._trouble or trouble
            raise Unavailable(f"{self._bus} cannot be used: {str(why) or type(why).__name__}") from None
        self._servers = [server.geturl() for server in client.servers]  # with what it has told of its cluster

    async def call(self, names: Collection[str]) -> None:
        assert self._client is not None, "it was opened"  # noqa: S101 - or nobody would call
        for name in names:
            await self._client.publish(f"{self._subject}.{name}")
        await self._answered(self._client)

    async def close(self) -> None:
        if self._client is not None:
            with suppress(Exception):  # after a handshake that failed, nats-py waits for its end for ever
                async with asyncio.timeout(CLOSING):
                    await self._client.close()

    async def _answered(self, client: Client) -> None:
        """All that was said before has arrived, and nothing of it was refused."""
        for _ in range(2):  # the first ping goes out before what waits to be written, the second one after it
            await client.flush(ANSWERING)
        if self._trouble is not None:
            raise self._trouble
