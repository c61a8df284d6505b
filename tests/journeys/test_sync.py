"""A program written for parhelion.Client."""

import io
import time
from collections.abc import Iterator

import pytest

from parhelion import (
    AttachmentDeleteBody,
    Author,
    Client,
    FileMessage,
    MessageNotFound,
    MessagePost,
    Page,
    Reply,
    TextMessage,
    UploadFile,
)
from parhelion.client import KeyJWT
from tests.journeys.support import DRAWING, fetched, stored, texts, token
from tests.live import Caller

BUSINESS = Author(type="business", display_name="The observatory")


@pytest.fixture(params=["key", "token from a key", "given token"])
def client(request: pytest.FixtureRequest, app: Caller) -> Iterator[Client]:
    who = {
        "key": {"key_id": app.key_id, "secret": app.secret},
        "token from a key": {"credentials": KeyJWT(app.key_id, app.secret)},
        "given token": {"token": token(app)},
    }
    with Client(app.url, app_id=app.app_id, **who[request.param]) as made:
        yield made


def test_a_conversation(client: Client, app: Caller, conversation: str):
    asks = TextMessage(text="Did you see them?", actions=[Reply(text="Yes", payload="YES")])
    first = client.messages.post(conversation, MessagePost(author=BUSINESS, content=asks)).messages[0]
    tells = MessagePost(author=BUSINESS, content=TextMessage(text="Two of them!"), metadata={"seen": 2})
    second = client.messages.post(conversation, tells).messages[0]
    assert texts(app, conversation) == ["Did you see them?", "Two of them!"]

    listed = client.messages.list(conversation).messages
    assert listed == [first, second]
    assert listed[1].metadata == {"seen": 2}
    assert abs(listed[0].received.timestamp() - time.time()) < 60
    assert [each.id for each in client.messages.list(conversation, page=Page(before=second.id)).messages] == [first.id]
    assert [each.id for each in client.messages.iterate(conversation)] == [second.id, first.id]

    client.messages.delete(conversation, first.id)
    assert texts(app, conversation) == ["Two of them!"]
    client.messages.delete_all(conversation)
    assert stored(app, conversation) == []
    with pytest.raises(MessageNotFound):
        client.messages.delete(conversation, first.id)


def test_a_drawing(client: Client, app: Caller, conversation: str):
    told: list[int] = []
    file = UploadFile(io.BytesIO(DRAWING), name="drawing.txt", progress=lambda sent, size: told.append(sent))
    url = client.attachments.upload(file, for_="message", conversation_id=conversation).attachment.media_url
    assert told[-1] == len(DRAWING)
    assert fetched(app, url).body == DRAWING
    client.messages.post(conversation, MessagePost(author=BUSINESS, content=FileMessage(media_url=url)))
    assert stored(app, conversation)[0]["content"]["mediaUrl"] == url
    client.attachments.delete(AttachmentDeleteBody(media_url=url))
    assert fetched(app, url).status == 404
