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


def test_a_bot_and_a_desk(api_client: sunshine_conversations_client.ApiClient, app: Caller):
    """People, who answers them, and what is told: flat bodies, dicts, and positional arguments."""
    s = sunshine_conversations_client
    users, rooms, people = s.UsersApi(api_client), s.ConversationsApi(api_client), s.ParticipantsApi(api_client)
    ada = users.create_user(app.app_id, s.UserCreateBody("ada", None, s.Profile("Ada", "Lovelace"))).user
    ben = users.create_user(app.app_id, {"external_id": "ben"}).user
    body = s.ConversationCreateBody("sdkGroup", [s.ParticipantSubSchema(user_id=ada.id)], "Support")
    room = rooms.create_conversation(app.app_id, body).conversation
    joined = people.join_conversation(app.app_id, room.id, s.ParticipantJoinBody(user_external_id="ben")).participant
    assert (joined.user_id, joined.user_external_id) == (ben.id, "ben")
    listed, status, _ = people.list_participants_with_http_info(app.app_id, room.id, page=s.Page(size=1))
    assert ([each.user_id for each in listed.participants], status) == ([ada.id], 200)
    after = s.Page(after=listed.meta.after_cursor)
    assert [each.user_id for each in people.list_participants(app.app_id, room.id, page=after).participants] == [ben.id]

    webhook = s.Webhook(target="http://127.0.0.1:9/hook", triggers=["conversation:message"])
    bot = s.IntegrationsApi(api_client).create_integration(app.app_id, s.Custom("custom", [webhook])).integration
    board = s.SwitchboardsApi(api_client).create_switchboard(app.app_id).switchboard
    places = s.SwitchboardIntegrationsApi(api_client)
    names = [("bot", {"integration_id": bot.id}), ("desk", {"integration_type": "zd:agentWorkspace"})]
    made = [
        places.create_switchboard_integration(
            app.app_id, board.id, s.SwitchboardIntegrationCreateBody(name=name, **of)
        ).switchboard_integration
        for name, of in names
    ]
    on = s.SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=made[0].id)
    s.SwitchboardsApi(api_client).update_switchboard(app.app_id, board.id, on)
    control = s.SwitchboardActionsApi(api_client)
    control.pass_control(app.app_id, room.id, s.PassControlBody(switchboard_integration="desk"))
    assert rooms.get_conversation(app.app_id, room.id).conversation.active_switchboard_integration.name == "desk"
    control.offer_control(app.app_id, room.id, {"switchboardIntegration": made[0].id, "metadata": {"ticket": 7}})
    control.accept_control(app.app_id, room.id, s.AcceptControlBody())
    assert rooms.get_conversation(app.app_id, room.id).conversation.active_switchboard_integration.id == made[0].id

    typing = {"author": {"type": "business"}, "type": "typing:start"}
    assert s.ActivitiesApi(api_client).post_activity(app.app_id, room.id, typing) == {}
    people.leave_conversation(app.app_id, room.id, s.ParticipantLeaveBody(user_external_id="ben"))
    found = rooms.list_conversations(app.app_id, s.ConversationListFilter(user_id=ben.id))
    assert found.conversations == []
    users.delete_user(app.app_id, "ada")
    with pytest.raises(ApiException) as caught:
        users.get_user(app.app_id, "ada")
    assert caught.value.status == 404


def test_a_user_on_a_channel(api_client: sunshine_conversations_client.ApiClient, app: Caller):
    s = sunshine_conversations_client
    ada = app.user(externalId="ada")
    talk = app.conversation(ada, type="personal")
    twilio = s.Twilio(account_sid="AC1", auth_token="token", phone_number_sid="PN1")
    integration = s.IntegrationsApi(api_client).create_integration(app.app_id, twilio).integration
    body = s.ClientCreate(
        s.MatchCriteria(type="twilio", integration_id=integration.id, phone_number="+12125550123"),
        s.Confirmation("immediate"),
        s.Target(talk),
    )
    clients = s.ClientsApi(api_client)
    linked = clients.create_client(app.app_id, "ada", body).client
    assert (linked.type, linked.integration_id) == (s.ClientType.TWILIO, integration.id)
    assert [each.id for each in clients.list_clients(app.app_id, ada, page=s.Page(size=5)).clients] == [linked.id]
    clients.remove_client(app.app_id, ada, linked.id)
    assert clients.list_clients(app.app_id, ada).clients == []
    assert s.DevicesApi(api_client).list_devices(app.app_id, ada).devices == []
