"""What is said shortly arrives as if it had been said at length."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion import (
    AsyncClient,
    Author,
    BadRequest,
    CarouselMessage,
    Client,
    Conversation,
    ConversationNotFound,
    FileMessage,
    ImageMessage,
    Item,
    Link,
    Message,
    MessagePost,
    NoAnswer,
    Postback,
    Reply,
    Request,
    Response,
    TextMessage,
    Timeout,
    UnsupportedMediaType,
    UploadFile,
    User,
    UserCreateBody,
)
from parhelion.client.http_client import HttpTransport
from tests.live import Caller

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
OBJECT_ID = "0" * 24


@pytest.fixture
def client(app: Caller) -> Iterator[Client]:
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        yield client


@pytest.fixture
def ada(client: Client) -> User:
    return client.users.create(UserCreateBody(external_id="ada")).user


@pytest.fixture
def conversation(client: Client, ada: User) -> Conversation:
    return client.conversations.start(ada)


def last(client: Client, conversation: Conversation) -> Message:
    return next(client.messages.iterate(conversation.id))


def test_a_conversation_is_started_with_a_user_or_an_id(client: Client, ada: User) -> None:
    first = client.conversations.start(ada, display_name="Suns", metadata={"order": "17"})
    assert (first.type, first.display_name, first.metadata) == ("personal", "Suns", {"order": "17"})
    second = client.conversations.start(ada.id)
    for each in (first, second):
        assert [part.user_id for part in client.participants.list(each.id).participants] == [ada.id]


def test_a_text_is_said_by_the_business(client: Client, conversation: Conversation) -> None:
    client.messages.post(conversation, "Hello")
    said = last(client, conversation)
    assert isinstance(said.content, TextMessage)
    assert (said.author.type, said.content.text, said.content.actions) == ("business", "Hello", None)


def test_replies_and_links_are_actions(client: Client, conversation: Conversation) -> None:
    client.messages.post(conversation.id, "Which?", replies=["Tea", "Coffee"])
    content = last(client, conversation).content
    assert isinstance(content, TextMessage)
    assert content.actions == [Reply(text="Tea", payload="Tea"), Reply(text="Coffee", payload="Coffee")]
    client.messages.post(conversation, "See", links={"Read": "https://example.org/a", "More": "https://example.org/b"})
    content = last(client, conversation).content
    assert isinstance(content, TextMessage)
    assert [each.uri for each in content.actions or () if isinstance(each, Link)] == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_a_user_or_an_author_speaks(client: Client, conversation: Conversation, ada: User) -> None:
    client.messages.post(conversation, "It is me", author=ada)
    assert last(client, conversation).author.user_id == ada.id
    client.messages.post(conversation, "And me", author=Author(type="business", display_name="Grace"))
    assert last(client, conversation).author.display_name == "Grace"


def test_any_content_needs_no_author(client: Client, conversation: Conversation) -> None:
    mine = [Postback(text="Mine", payload="m")]
    given = TextMessage(markdown_text="**Hi**", actions=[*mine])
    client.messages.post(conversation, given, links={"Read": "https://example.org"})
    content = last(client, conversation).content
    assert isinstance(content, TextMessage)
    assert [type(each) for each in content.actions or ()] == [Postback, Link]
    assert given.actions == mine  # what was given is left as it was
    cards = CarouselMessage(items=[Item(title="A", actions=[Postback(text="b", payload="c")])])
    client.messages.post(conversation, cards)
    assert isinstance(last(client, conversation).content, CarouselMessage)


def test_what_cannot_be_meant_is_refused_before_it_is_sent(conversation: Conversation, client: Client) -> None:
    body = MessagePost(author=Author(type="business"), content=TextMessage(text="x"))
    for wrong, why in (
        ({"body": body, "author": Author(type="business")}, "itself"),
        ({"body": body, "replies": ["a"]}, "itself"),
        ({"body": FileMessage(media_url="https://example.org/a.txt"), "replies": ["a"]}, "FileMessage"),
        ({"body": "x", "replies": "abc"}, "a list"),
    ):
        with pytest.raises(TypeError, match=why):
            client.messages.post(conversation, **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadRequest):
        client.messages.post(conversation, "")
    with pytest.raises(ConversationNotFound):
        client.messages.post(OBJECT_ID, "x")


def test_a_file_is_sent_in_one_call(client: Client, conversation: Conversation, tmp_path: Path) -> None:
    (tmp_path / "sun.png").write_bytes(PNG)
    answer = client.messages.post_file(conversation, tmp_path / "sun.png", text="The sun", alt_text="A sun")
    picture = answer.messages[0].content
    assert isinstance(picture, ImageMessage)
    assert (picture.text, picture.alt_text, picture.media_type) == ("The sun", "A sun", "image/png")
    client.messages.post_file(conversation.id, UploadFile(b"four lines", name="guide.txt"))
    assert isinstance(last(client, conversation).content, FileMessage)
    with pytest.raises(UnsupportedMediaType):
        client.messages.post_file(conversation, UploadFile(b"MZ", name="a.exe"))


class Watched:
    """Hears of what went through, and may lose an answer."""

    def __init__(self) -> None:
        self.inner, self.paths, self.lose = HttpTransport(), list[str](), ""

    def send(self, request: Request, timeout: Timeout) -> Response:
        self.paths.append(request.path.partition("?")[0].rpartition("/")[2])
        answer = self.inner.send(request, timeout)
        if self.lose and request.path.endswith(self.lose):
            raise NoAnswer("lost", sent=True)
        return answer


def test_a_file_whose_message_is_refused_does_not_stay(app: Caller, conversation: Conversation) -> None:
    watched = Watched()
    client = Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret, transport=watched, retries=0)
    with pytest.raises(BadRequest):
        client.messages.post_file(conversation, UploadFile(PNG, name="a.png"), text="x" * 5000)
    assert watched.paths == ["attachments", "messages", "remove"]
    watched.lose = "/messages"  # then the message may be there, and the file with it
    with pytest.raises(NoAnswer):
        client.messages.post_file(conversation, UploadFile(PNG, name="a.png"))
    assert watched.paths[3:] == ["attachments", "messages"]
    watched.lose = ""
    assert isinstance(last(client, conversation).content, ImageMessage)
    watched.inner.close()


def test_the_same_when_awaited(app: Caller, ada: User) -> None:
    async def story() -> list[Any]:
        async with AsyncClient(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
            conversation = await client.conversations.start(ada)
            await client.messages.post(conversation, "Hello", replies=["Yes"])

            async def pieces() -> Any:
                yield PNG

            await client.messages.post_file(conversation, UploadFile(pieces(), name="a.png"), author=ada)
            with pytest.raises(BadRequest):
                await client.messages.post_file(conversation, UploadFile(PNG, name="a.png"), text="x" * 5000)
            return [(each.author.type, each.content) async for each in client.messages.iterate(conversation.id)]

    (by, picture), (_, hello) = asyncio.run(story())
    assert by == "user"
    assert isinstance(picture, ImageMessage)
    assert hello == TextMessage(text="Hello", actions=[Reply(text="Yes", payload="Yes")])
