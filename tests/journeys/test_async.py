"""A program written for parhelion.AsyncClient."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from parhelion import (
    AsyncClient,
    AttachmentDeleteBody,
    Author,
    FileMessage,
    MessageNotFound,
    MessagePost,
    Page,
    TextMessage,
    UploadFile,
)
from tests.journeys.support import DRAWING, fetched, stored, texts, token
from tests.live import Caller

BUSINESS = Author(type="business")


@pytest.fixture(params=["key", "token"])
def run(request: pytest.FixtureRequest, app: Caller) -> Callable[[Callable[[AsyncClient], Awaitable[None]]], None]:
    """Runs a journey with a client of its own."""
    key = {"key_id": app.key_id, "secret": app.secret}
    who: dict[str, Any] = key if request.param == "key" else {"token": token(app)}

    def runs(journey: Callable[[AsyncClient], Awaitable[None]]) -> None:
        async def main() -> None:
            async with AsyncClient(app.url, app_id=app.app_id, **who) as client:
                await journey(client)

        asyncio.run(main())

    return runs


def say(text: str) -> MessagePost:
    return MessagePost(author=BUSINESS, content=TextMessage(text=text))


def test_a_conversation(run, app: Caller, conversation: str):
    async def journey(client: AsyncClient) -> None:
        posted = [(await client.messages.post(conversation, say(text))).messages[0] for text in ("one", "two")]
        assert texts(app, conversation) == ["one", "two"]
        assert (await client.messages.list(conversation)).messages == posted
        older = await client.messages.list(conversation, page=Page(before=posted[1].id))
        assert older.messages == posted[:1]
        assert [each.id async for each in client.messages.iterate(conversation)] == [posted[1].id, posted[0].id]

        await client.messages.delete(conversation, posted[0].id)
        assert texts(app, conversation) == ["two"]
        with pytest.raises(MessageNotFound):
            await client.messages.delete(conversation, posted[0].id)
        await client.messages.delete_all(conversation)
        assert stored(app, conversation) == []

    run(journey)


def test_many_at_once(run, app: Caller, conversation: str):
    async def journey(client: AsyncClient) -> None:
        await asyncio.gather(*(client.messages.post(conversation, say(str(number))) for number in range(30)))
        assert sorted(map(int, texts(app, conversation))) == [*range(30)]

    run(journey)


def test_a_drawing(run, app: Caller, conversation: str):
    async def lines() -> AsyncIterator[bytes]:
        for line in DRAWING.splitlines(keepends=True):
            yield line

    async def journey(client: AsyncClient) -> None:
        file = UploadFile(lines(), name="drawing.txt")
        url = (await client.attachments.upload(file, for_="message")).attachment.media_url
        assert fetched(app, url).body == DRAWING
        shows = MessagePost(author=BUSINESS, content=FileMessage(media_url=url))
        await client.messages.post(conversation, shows)
        assert stored(app, conversation)[0]["content"]["mediaUrl"] == url
        await client.attachments.delete(AttachmentDeleteBody(media_url=url))
        assert fetched(app, url).status == 404

    run(journey)
