"""A program written for release 17 of the discontinued client, with the drop-in in its place."""

from collections.abc import Iterator

import pytest

from sunshine_conversations_client import (
    Action,
    ApiClient,
    AttachmentDeleteBody,
    AttachmentsApi,
    Author,
    CarouselMessage,
    Configuration,
    Content,
    ImageMessage,
    Item,
    Link,
    Message,
    MessagePost,
    MessagesApi,
    Page,
    Postback,
    Reply,
    TextMessage,
)
from sunshine_conversations_client.exceptions import NotFoundException, OpenApiException
from sunshine_conversations_client.models.action_subset import ActionSubset
from tests.journeys.support import DRAWING, fetched, stored, texts, token
from tests.live import Caller


@pytest.fixture(params=["basic", "bearer"])
def configuration(request: pytest.FixtureRequest, app: Caller) -> Configuration:
    if request.param == "basic":
        return Configuration(host=app.url, username=app.key_id, password=app.secret)
    return Configuration(host=app.url, access_token=token(app))


@pytest.fixture
def api_client(configuration: Configuration) -> Iterator[ApiClient]:
    with ApiClient(configuration) as client:
        yield client


def test_a_conversation(api_client: ApiClient, app: Caller, conversation: str):
    api = MessagesApi(api_client)
    text = TextMessage(
        type="text",
        text="Shall we look again tomorrow?",
        actions=[Action(Reply(type="reply", text="Gladly", payload="GLADLY"))],
    )
    posted = api.post_message(
        app_id=app.app_id,
        conversation_id=conversation,
        message_post=MessagePost(author=Author(type="business", displayName="Ada"), content=Content(text)),
    )
    item = Item(
        title="The halo",
        actions=[
            ActionSubset(Postback(type="postback", text="Seen", payload="SEEN")),
            ActionSubset(Link(type="link", text="Read", uri="https://example.org/halo")),
        ],
    )
    cards = MessagePost(author=Author(type="business"), content=Content(CarouselMessage(type="carousel", items=[item])))
    api.post_message(app.app_id, conversation, cards)
    assert [message["content"]["type"] for message in stored(app, conversation)] == ["text", "carousel"]

    answer = api.list_messages_with_http_info(app.app_id, conversation, page=Page())
    assert answer.status_code == 200
    first, second = answer.data.messages
    assert first == posted.messages[0]
    assert Message.from_json(first.to_json()) == first
    assert first.to_dict() == stored(app, conversation)[0]
    assert isinstance(first.content.actual_instance, TextMessage)
    assert isinstance(first.content.actual_instance.actions[0].actual_instance, Reply)
    held = second.content.actual_instance
    assert isinstance(held, CarouselMessage)
    assert [each.actual_instance.text for each in held.items[0].actions] == ["Seen", "Read"]

    older = api.list_messages(app.app_id, conversation, page=Page(before=second.id), _request_timeout=10.0)
    assert [message.id for message in older.messages] == [first.id]
    raw = api.list_messages_without_preload_content(app.app_id, conversation)
    assert first.id.encode() in raw.data

    api.delete_message(app.app_id, conversation, first.id)
    assert [message["id"] for message in stored(app, conversation)] == [second.id]
    api.delete_all_messages(app.app_id, conversation)
    assert texts(app, conversation) == []
    with pytest.raises(NotFoundException) as caught:
        api.delete_message(app.app_id, conversation, first.id)
    assert isinstance(caught.value, OpenApiException)
    assert caught.value.data.errors[0].code == "not_found"


def test_a_drawing(api_client: ApiClient, app: Caller, conversation: str):
    files, api = AttachmentsApi(api_client), MessagesApi(api_client)
    uploaded = files.upload_attachment(
        app.app_id,
        access="public",
        source=("drawing.txt", DRAWING),
        var_for="message",
        conversation_id=conversation,
    )
    url = uploaded.attachment.media_url
    assert fetched(app, url).body == DRAWING

    content = Content(ImageMessage(type="image", mediaUrl="https://example.org/sun.png", altText="A sun"))
    posted = api.post_message(app.app_id, conversation, MessagePost(author=Author(type="business"), content=content))
    assert posted.messages[0].content.actual_instance.alt_text == "A sun"
    assert stored(app, conversation)[0]["content"]["altText"] == "A sun"

    files.delete_attachment(app.app_id, attachment_delete_body=AttachmentDeleteBody(mediaUrl=url))
    assert fetched(app, url).status == 404
