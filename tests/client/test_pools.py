"""A pool of httpcore2 is as good as a transport."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpcore2
import pytest

from parhelion import AsyncClient, Client, NoAnswer, NotFound, UploadFile
from tests.client.support import serving
from tests.live import Caller

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def pool() -> Iterator[httpcore2.ConnectionPool]:
    with httpcore2.ConnectionPool() as pool:
        yield pool


def test_calls_go_through_a_pool_that_is_given(app: Caller, pool: httpcore2.ConnectionPool, conversation: str) -> None:
    client = Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, transport=pool)
    client.messages.post(conversation, "Hello")
    assert client.messages.list(conversation).messages[0].content.text == "Hello"  # type: ignore[union-attr]
    media = client.attachments.upload(UploadFile(iter([PNG, bytes(200_000)]), name="a.png")).attachment
    assert media.media_type == "image/png"
    with pytest.raises(NotFound):
        client.messages.delete(conversation, "0" * 24)
    assert len(pool.connections) == 1
    client.close()
    assert len(pool.connections) == 1  # it is its giver's to close


def test_calls_go_through_an_async_pool_that_is_given(app: Caller, conversation: str) -> None:
    async def story() -> None:
        async with httpcore2.AsyncConnectionPool() as pool:
            async with AsyncClient(
                app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, transport=pool
            ) as client:
                await client.messages.post(conversation, "Hello")
                await client.attachments.upload(UploadFile(iter([PNG, bytes(200_000)]), name="a.png"))
            assert len(pool.connections) == 1

    asyncio.run(story())


def test_an_answer_may_be_made_up_for_a_test() -> None:
    body = json.dumps({"users": [], "user": {"id": "u1"}}).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body)
    pool = httpcore2.ConnectionPool(network_backend=httpcore2.MockBackend([head, body]))
    assert Client("http://example.org", app_id="a", token="t", transport=pool).users.get("u1").user.id == "u1"


def test_no_connection_is_no_answer_and_says_where(pool: httpcore2.ConnectionPool) -> None:
    client = Client("http://127.0.0.1:1", app_id="a", token="t", transport=pool, retries=0)
    with pytest.raises(NoAnswer, match=r"No connection to http://127\.0\.0\.1:1") as lost:
        client.users.get("u1")
    assert not lost.value.sent


def test_a_lost_answer_is_no_answer(pool: httpcore2.ConnectionPool) -> None:
    with serving(lambda peer: peer.request()) as server:
        client = Client(server.origin, app_id="a", token="t", transport=pool, retries=0)
        with pytest.raises(NoAnswer, match="No answer from") as lost:
            client.users.get("u1")
        assert lost.value.sent


def test_what_listens_needs_a_transport_that_streams(pool: httpcore2.ConnectionPool) -> None:
    client = Client("http://127.0.0.1:1", app_id="a", token="t", transport=pool)
    with pytest.raises(TypeError, match="cannot listen"):
        client.events.listen()
