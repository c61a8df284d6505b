# Written as its users write: the house's style is not theirs.
# ruff: noqa: E501, PTH118, PTH123, T203
"""A service in the manner of release 17: wrappers around models, keyword arguments, one class an error, bytes as files."""

from __future__ import annotations

import json
import os
from pprint import pprint

import sunshine_conversations_client
from sunshine_conversations_client import (
    Action,
    ActionSubset,
    ActivitiesApi,
    ActivityPost,
    ApiClient,
    ApiException,
    AttachmentDeleteBody,
    AttachmentsApi,
    Author,
    CarouselMessage,
    Configuration,
    Content,
    ConversationCreateBody,
    ConversationListFilter,
    ConversationsApi,
    ConversationType,
    ConversationUpdateBody,
    Custom,
    FileMessage,
    FormMessage,
    FormMessageField,
    IntegrationsApi,
    IntegrationUpdate,
    Item,
    Link,
    Message,
    MessagePost,
    MessagesApi,
    Page,
    ParticipantSubSchema,
    ParticipantWithUserExternalId,
    PassControlBody,
    Postback,
    Profile,
    Reply,
    SwitchboardActionsApi,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationsApi,
    SwitchboardsApi,
    SwitchboardUpdateBody,
    TextMessage,
    UserCreateBody,
    UsersApi,
    UserUpdateBody,
    Web,
    Webhook,
    WebhookBody,
    WebhooksApi,
    WebUpdate,
)
from sunshine_conversations_client.exceptions import (
    BadRequestException,
    ConflictException,
    NotFoundException,
    UnauthorizedException,
)
from sunshine_conversations_client.model.form_options_inner import FormOptionsInner

HOST = os.environ["SUNCO_HOST"]
APP = os.environ["SUNCO_APP_ID"]
FOLDER = os.environ["SUNCO_FOLDER"]
BUSINESS = Author(type="business", displayName="The desk")


def begin(client: ApiClient) -> str:
    users, conversations = UsersApi(client), ConversationsApi(client)
    body = UserCreateBody(external_id="ada-seventeen", profile=Profile(givenName="Ada", surname="Lovelace"))
    user = users.create_user(app_id=APP, user_create_body=body).user
    print("user:", user.external_id, user.profile.given_name, user.profile.email)
    updated = users.update_user(APP, user.id, UserUpdateBody(profile=Profile(email="ada@example.org")))
    print("updated:", updated.user.profile.email, updated.user.profile.surname)
    print("to_json() of a profile:", updated.user.profile.to_json())
    participant = ParticipantSubSchema(ParticipantWithUserExternalId(userExternalId="ada-seventeen"))
    body = ConversationCreateBody(type=ConversationType.PERSONAL, participants=[participant])
    made = conversations.create_conversation_with_http_info(APP, body)
    print("created:", made.status_code, made.data.conversation.type.value, made.headers["content-type"].split(";")[0])
    print("ConversationType:", made.data.conversation.type)
    conversation = made.data.conversation.id
    changed = conversations.update_conversation(APP, conversation, ConversationUpdateBody(metadata={"lang": "en"}))
    print("changed:", changed.conversation.metadata)
    found = conversations.list_conversations(APP, ConversationListFilter(userExternalId="ada-seventeen"))
    print("found:", len(found.conversations))
    return conversation


def talk(client: ApiClient, conversation: str) -> None:
    messages = MessagesApi(client)
    text = TextMessage(
        type="text",
        text="Did you see them?",
        actions=[Action(Reply(type="reply", text=text, payload=text.upper())) for text in ("Yes", "No")],
    )
    post = MessagePost(author=BUSINESS, content=Content(text), metadata={"seen": 2})
    first = messages.post_message(app_id=APP, conversation_id=conversation, message_post=post).messages[0]
    held = first.content.actual_instance
    print("asked:", type(held).__name__, held.text, [action.actual_instance.payload for action in held.actions])
    print("metadata:", first.metadata, first.author.display_name)

    item = Item(
        title="A halo",
        description="22 degrees",
        actions=[
            ActionSubset(Postback(type="postback", text="Seen", payload="SEEN")),
            ActionSubset(Link(type="link", text="Read", uri="https://example.org/halo")),
        ],
    )
    for content in (
        CarouselMessage(type="carousel", items=[item]),
        TextMessage(type="text", markdownText="**Bold** and plain"),
        FormMessage(
            type="form",
            blockChatInput=True,
            fields=[
                FormMessageField(type="text", name="where", label="Where?", minSize=2, maxSize=40),
                FormMessageField(
                    type="select", name="how", label="How?", options=[FormOptionsInner(name="x", label="So")]
                ),
            ],
        ),
    ):
        post = MessagePost(author=BUSINESS, content=Content(actual_instance=content), metadata=None)
        said = messages.post_message(APP, conversation, post, _request_timeout=10.0).messages[0]
        print("said:", type(said.content.actual_instance).__name__)

    listed = messages.list_messages(APP, conversation)
    print("listed:", [type(each.content.actual_instance).__name__ for each in listed.messages], listed.meta.has_more)
    bold = listed.messages[2].content.actual_instance
    print("bold:", bold.html_text, bold.text, bold.block_chat_input)
    older = messages.list_messages(APP, conversation, page=Page(before=listed.messages[-1].id, size=2))
    print("older:", len(older.messages))
    again = Message.from_json(first.to_json())
    print("again:", again == first, again.id == first.id)
    print("to_json():", sorted(json.loads(first.to_json())["content"]))
    form = listed.messages[3].content.actual_instance
    print("submitted in to_dict():", sorted(form.to_dict()))
    print("repr(model):", repr(first.author))
    print("model_dump():", sorted(first.author.model_dump(by_alias=True, exclude_none=True)))
    raw = messages.list_messages_without_preload_content(APP, conversation)
    print("raw:", raw.status, sorted(json.loads(raw.data)))
    headers = {"X-Trace": "17"}
    print("deleted:", messages.delete_message(APP, conversation, first.id, _headers=headers))


def files(client: ApiClient, conversation: str) -> None:
    attachments = AttachmentsApi(client)
    path = os.path.join(FOLDER, "halo ü.txt")
    made = attachments.upload_attachment(APP, "public", path, var_for="message", conversation_id=conversation)
    print("uploaded:", made.attachment.media_type)
    with open(os.path.join(FOLDER, "dot.png"), "rb") as file:
        data = file.read()
    named = attachments.upload_attachment(app_id=APP, access="public", source=("dot.png", data))
    print("named bytes:", named.attachment.media_type)
    bare = attachments.upload_attachment(APP, "public", data)
    print("bytes:", bare.attachment.media_type)
    content = Content(FileMessage(type="file", mediaUrl=made.attachment.media_url, text="The notes"))
    shown = MessagesApi(client).post_message(APP, conversation, MessagePost(author=BUSINESS, content=content))
    print("shown:", shown.messages[0].content.actual_instance.media_size)
    body = AttachmentDeleteBody(mediaUrl=named.attachment.media_url)
    print("deleted:", attachments.delete_attachment(APP, body))


def integrate(client: ApiClient, conversation: str) -> None:
    integrations = IntegrationsApi(client)
    hook = Webhook(target="http://127.0.0.1:9/hook", triggers=["conversation:message"], includeFullUser=True)
    bot = integrations.create_integration(APP, Custom(type="custom", displayName="bot", webhooks=[hook])).integration
    print("bot:", type(bot).__name__, bot.display_name, bot.webhooks[0].include_full_user)
    hook = bot.webhooks[0]
    changed = WebhooksApi(client).update_webhook(APP, bot.id, hook.id, WebhookBody(triggers=["user:merge"])).webhook
    print("changed:", changed.triggers, changed.target)
    print("include_full_user after that:", changed.include_full_user)
    web = integrations.create_integration(APP, Web(type="web", businessName="Ours")).integration
    update = IntegrationUpdate(WebUpdate(brandColor="ff8800"))
    print("web:", integrations.update_integration(APP, web.id, update).integration.brand_color)

    boards = SwitchboardsApi(client)
    board = boards.create_switchboard(APP).switchboard
    place = SwitchboardIntegrationCreateBody(name="desk", integrationType="zd:agentWorkspace")
    desk = SwitchboardIntegrationsApi(client).create_switchboard_integration(APP, board.id, place)
    enabled = SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=desk.switchboard_integration.id)
    print("board:", boards.update_switchboard(APP, board.id, enabled).switchboard.enabled)
    passed = PassControlBody(switchboardIntegration="desk", metadata={"ticket": 7})
    print("passed:", SwitchboardActionsApi(client).pass_control(APP, conversation, passed))
    typing = ActivityPost(author=Author(type="business"), type="typing:start")
    print("typing:", ActivitiesApi(client).post_activity(APP, conversation, typing))


def wrong(client: ApiClient, conversation: str) -> None:
    messages = MessagesApi(client)
    try:
        messages.delete_message(APP, conversation, "0" * 24)
    except NotFoundException as e:
        print("nothing there:", e.status, e.reason, e.data.errors[0].code, json.loads(e.body)["errors"][0]["code"])
        print("headers:", e.headers["content-type"], type(e.body).__name__)
    try:
        UsersApi(client).create_user(APP, UserCreateBody(externalId="ada-seventeen"))
    except ConflictException as e:
        print("twice:", e.status)
    try:
        IntegrationsApi(client).create_integration(APP, Web(type="web", defaultResponderId="nobody"))
    except BadRequestException as e:
        print(
            "wrong:",
            e.status,
            isinstance(e, ApiException),
            isinstance(e, sunshine_conversations_client.OpenApiException),
        )
    stranger = ApiClient(Configuration(host=HOST, username=APP, password="not the secret"))
    try:
        MessagesApi(stranger).list_messages(APP, conversation)
    except UnauthorizedException as e:
        print("a stranger:", e.status)
    for made in (
        lambda: TextMessage(type="text", text="x" * 5000),
        lambda: Author(type="ghost"),
        lambda: Page(size=1000),
        lambda: messages.post_message(APP, conversation, None),
        lambda: messages.list_messages(APP),
    ):
        try:
            made()
            print("made after all")
        except ValueError:
            print("ValueError")


with ApiClient(
    Configuration(host=HOST, username=os.environ["SUNCO_KEY_ID"], password=os.environ["SUNCO_SECRET"]),
    header_name="X-Program",
    header_value="seventeen",
) as api_client:
    place_to_talk = begin(api_client)
    talk(api_client, place_to_talk)
    files(api_client, place_to_talk)
    integrate(api_client, place_to_talk)
    wrong(api_client, place_to_talk)
    pprint(MessagesApi(api_client).delete_all_messages(APP, place_to_talk))
    print("user gone:", UsersApi(api_client).delete_user(APP, "ada-seventeen"))
