"""A secret is in no traceback, also not in one that shows every frame's variables, as error reports do."""

from __future__ import annotations

import asyncio
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parhelion import AsyncClient, Basic, Client, ParhelionError, Timeout, UploadFile
from tests.client.support import Peer, serving

SECRET = "the-secret-of-the-key"
TELLING = (SECRET, b64encode(f"app_1:{SECRET}".encode()).decode())


def silent(peer: Peer) -> None:
    peer.request()
    peer.sock.settimeout(5)
    peer.sock.recv(1)  # until the client has had enough


def half(peer: Peer) -> None:
    peer.request()
    peer.say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")


def garbage(peer: Peer) -> None:
    peer.request()
    peer.say("what?\r\n\r\n")


def refusing(peer: Peer) -> None:
    peer.request()
    peer.answer('{"errors": [{"code": "bad_request", "title": "No"}]}', "400 Bad Request")


def reset(peer: Peer) -> None:
    peer.head()
    peer.reset()


def short() -> Iterator[bytes]:
    yield b"x" * 100_000
    raise ValueError("the disk is gone")


CALLS: dict[str, Callable[[Any], Any]] = {
    "post": lambda client: client.messages.post("c", "Hello"),
    "upload": lambda client: client.attachments.upload(UploadFile(b"x" * 3_000_000, name="a.png")),
}


def tried(url: str, call: Callable[[Any], Any], *, is_async: bool) -> None:
    credentials = Basic("app_1", SECRET)
    timeout = Timeout(connect=1, read=0.2)

    async def awaited() -> None:
        async with AsyncClient(url, app_id="a", credentials=credentials, retries=0, timeout=timeout) as client:
            await call(client)

    if is_async:
        asyncio.run(awaited())
    else:
        with Client(url, app_id="a", credentials=credentials, retries=0, timeout=timeout) as client:
            call(client)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("behaves", [silent, half, garbage, refusing, reset])
@pytest.mark.parametrize("call", CALLS)
def test_no_traceback_tells_a_secret(call: str, behaves: Callable[[Peer], None], is_async: bool) -> None:
    with serving(behaves) as server, pytest.raises(ParhelionError) as raised:
        tried(server.origin, CALLS[call], is_async=is_async)
    discreet(raised.value)


@pytest.mark.parametrize("is_async", [False, True])
def test_nor_does_one_of_no_connection(is_async: bool) -> None:
    with pytest.raises(ParhelionError) as raised:
        tried("http://127.0.0.1:1", CALLS["post"], is_async=is_async)
    discreet(raised.value)


def test_nor_does_one_of_a_file_that_cannot_be_read() -> None:
    """In an AsyncClient httpcore2's own frames hold the headers then: out of our hands."""

    def attentive(peer: Peer) -> None:
        peer.head()
        while peer.sock.recv(65536):
            pass

    with serving(attentive) as server, pytest.raises(ValueError, match="the disk is gone") as raised:
        tried(
            server.origin, lambda client: client.attachments.upload(UploadFile(short(), name="a.png")), is_async=False
        )
    discreet(raised.value)


def discreet(error: BaseException) -> None:
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "in tried" in told
    assert not [each for each in TELLING if each in told]
