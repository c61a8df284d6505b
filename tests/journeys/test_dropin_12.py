"""A program written for releases 9 to 12 of the discontinued client, with the drop-in in its place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import sunshine_conversations_client
from sunshine_conversations_client.model.author import Author
from sunshine_conversations_client.model.message_post import MessagePost
from sunshine_conversations_client.model.text_message import TextMessage
from sunshine_conversations_client.rest import ApiException
from tests.journeys.support import DRAWING, fetched, stored, texts, token
from tests.live import Caller


@pytest.fixture(params=["basic", "bearer"])
def api_client(request: pytest.FixtureRequest, app: Caller) -> Iterator[sunshine_conversations_client.ApiClient]:
    configuration = sunshine_conversations_client.Configuration(host=app.url)
    configuration.username = app.key_id
    configuration.password = app.secret if request.param == "basic" else "not the secret"
    if request.param == "bearer":
        configuration.access_token = token(app)
    with sunshine_conversations_client.ApiClient(configuration) as client:
        yield client


def test_a_conversation(api_client: sunshine_conversations_client.ApiClient, app: Caller, conversation: str):
    api = sunshine_conversations_client.MessagesApi(api_client)
    business = Author("business", display_name="The observatory")

    question = sunshine_conversations_client.Content(
        type="text",
        text="Did you see them?",
        actions=[{"type": "reply", "text": text, "payload": text.upper()} for text in ("Yes", "No")],
    )
    first = api.post_message(app.app_id, conversation, MessagePost(author=business, content=question))
    hello = MessagePost(business, TextMessage(type="text", text="Two of them!"), metadata={"seen": 2})
    second = api.post_message(app.app_id, conversation, message_post=hello)
    assert texts(app, conversation) == ["Did you see them?", "Two of them!"]
    assert stored(app, conversation)[1]["metadata"] == {"seen": 2}

    listed = api.list_messages(app.app_id, conversation, page=sunshine_conversations_client.Page())
    assert [message.id for message in listed.messages] == [first.messages[0].id, second.messages[0].id]
    asked = listed.messages[0]
    assert (asked.author.display_name, asked.content.type, asked.content.media_url) == (
        "The observatory",
        "text",
        None,
    )
    assert [action.payload for action in asked.content.actions] == ["YES", "NO"]
    assert asked.to_dict(snake_case=True)["quoted_message"] is None

    before = sunshine_conversations_client.Page(before=second.messages[0].id)
    older, status, headers = api.list_messages_with_http_info(app.app_id, conversation, page=before)
    assert ([message.id for message in older.messages], status) == ([asked.id], 200)
    assert headers["Content-Type"].startswith("application/json")

    api.delete_message(app.app_id, conversation, asked.id)
    assert texts(app, conversation) == ["Two of them!"]
    api.delete_all_messages(app.app_id, conversation)
    assert stored(app, conversation) == []
    with pytest.raises(ApiException) as caught:
        api.delete_message(app.app_id, conversation, asked.id)
    assert caught.value.status == 404
    assert "not_found" in caught.value.body


def test_a_picture(api_client: sunshine_conversations_client.ApiClient, app: Caller, conversation: str, tmp_path: Path):
    path = tmp_path / "drawing.txt"
    path.write_bytes(DRAWING)
    files = sunshine_conversations_client.AttachmentsApi(api_client)
    uploaded = files.upload_attachment(app.app_id, "public", str(path), _for="message", conversation_id=conversation)
    url = uploaded.attachment.media_url
    assert fetched(app, url).body == DRAWING

    api = sunshine_conversations_client.MessagesApi(api_client)
    shown = sunshine_conversations_client.FileMessage(type="file", media_url=url)
    api.post_message(app.app_id, conversation, MessagePost(Author("business"), shown))
    assert stored(app, conversation)[0]["content"]["mediaUrl"] == url

    files.delete_attachment(app.app_id, sunshine_conversations_client.AttachmentDeleteBody(media_url=url))
    assert fetched(app, url).status == 404


def test_in_the_background(api_client: sunshine_conversations_client.ApiClient, app: Caller, conversation: str):
    api = sunshine_conversations_client.MessagesApi(api_client)
    body = {"author": {"type": "business"}, "content": {"type": "text", "text": "Later"}}
    thread = api.post_message(app.app_id, conversation, body, async_req=True)
    assert stored(app, conversation) == [] or texts(app, conversation) == ["Later"]
    thread.get()
    assert texts(app, conversation) == ["Later"]
