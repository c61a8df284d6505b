# Written as its users write: the house's style is not theirs.
# ruff: noqa: F841, PLW0108, PTH118, T203, UP010
"""A support script in the manner of release 9: flat content, dicts for bodies, threads, files by path."""

from __future__ import print_function

import json
import os
import sys
from pprint import pprint

import sunshine_conversations_client
from sunshine_conversations_client.api.messages_api import MessagesApi
from sunshine_conversations_client.model.author import Author
from sunshine_conversations_client.model.message_post import MessagePost
from sunshine_conversations_client.rest import ApiException

configuration = sunshine_conversations_client.Configuration(host=os.environ["SUNCO_HOST"])
configuration.username = os.environ["SUNCO_KEY_ID"]
configuration.password = os.environ["SUNCO_SECRET"]
app_id = os.environ["SUNCO_APP_ID"]
folder = os.environ["SUNCO_FOLDER"]


def open_conversation(api_client, external_id):
    users = sunshine_conversations_client.UsersApi(api_client)
    profile = sunshine_conversations_client.Profile(given_name="Ada", surname="Lovelace", email="ada@example.org")
    body = sunshine_conversations_client.UserCreateBody(
        external_id=external_id, profile=profile, metadata={"plan": "a"}
    )
    user = users.create_user(app_id, body).user
    print("user:", user.external_id, user.profile.given_name, user.profile.locale, user.metadata)
    participant = sunshine_conversations_client.ParticipantSubSchema(user_external_id=external_id)
    body = sunshine_conversations_client.ConversationCreateBody(type="personal", participants=[participant])
    conversation = (
        sunshine_conversations_client.ConversationsApi(api_client).create_conversation(app_id, body).conversation
    )
    print("conversation:", conversation.type, conversation.display_name, conversation.is_default)
    return conversation.id


def rename(api_client, external_id):
    conversations = sunshine_conversations_client.ConversationsApi(api_client)
    body = {"type": "sdkGroup", "participants": [{"userExternalId": external_id}], "displayName": "Halos"}
    conversation = conversations.create_conversation(app_id, body).conversation
    body = sunshine_conversations_client.ConversationUpdateBody(display_name=None, description="What we saw")
    renamed = conversations.update_conversation(app_id, conversation.id, body).conversation
    print("described:", renamed.description, renamed.icon_url)
    print("display_name=None:", renamed.display_name)
    found = conversations.list_conversations(
        app_id, filter=sunshine_conversations_client.ConversationListFilter(user_external_id=external_id)
    )
    print("found:", len(found.conversations))
    print("gone:", conversations.delete_conversation(app_id, conversation.id))


def say(api_client, conversation_id):
    messages = MessagesApi(api_client)
    business = Author(type="business", display_name="The desk")

    # a flat content with actions as dicts, in the API's own names
    content = sunshine_conversations_client.Content(
        type="text",
        text="Did you see them?",
        actions=[
            {"type": "reply", "text": "Yes", "payload": "YES", "iconUrl": "https://example.org/yes.png"},
            {"type": "reply", "text": "No", "payload": "NO"},
        ],
    )
    first = messages.post_message(app_id, conversation_id, MessagePost(author=business, content=content)).messages[0]
    print("asked:", first.content.type, first.content.text, [action.payload for action in first.content.actions])
    print(
        "not of a text:", first.content.media_url, first.content.items, first.content.coordinates, first.quoted_message
    )

    # a class for the content, positional arguments, metadata
    text = sunshine_conversations_client.TextMessage("text", "Two of them!")
    body = MessagePost(business, text, metadata={"seen": 2, "sure": True})
    message_post, status, headers = messages.post_message_with_http_info(app_id, conversation_id, body)
    print("told:", status, headers["Content-Type"].split(";")[0], message_post.messages[0].metadata)

    # all of it as a dict
    body = {"author": {"type": "business"}, "content": {"type": "text", "text": "Später: ☀"}}
    thread = messages.post_message(app_id, conversation_id, body, async_req=True)
    print("later:", thread.get().messages[0].content.text)

    body = MessagePost(author=business, content=text, metadata=None)
    print("metadata=None:", messages.post_message(app_id, conversation_id, body).messages[0].metadata)

    look = sunshine_conversations_client.Link(type="link", text="Look", uri="https://example.org/")
    take = sunshine_conversations_client.Postback(type="postback", text="Take it", payload="TAKE")
    item = sunshine_conversations_client.Item(title="A halo", description="22 degrees", actions=[look, take])
    carousel = sunshine_conversations_client.CarouselMessage(type="carousel", items=[item])
    shown = messages.post_message(app_id, conversation_id, MessagePost(author=business, content=carousel)).messages[0]
    print("shown:", shown.content.items[0].title, [each.type for each in shown.content.items[0].actions])

    form = sunshine_conversations_client.Content(
        type="form",
        fields=[sunshine_conversations_client.Field(type="email", name="email", label="Your email?")],
    )
    form = messages.post_message(app_id, conversation_id, MessagePost(author=business, content=form)).messages[0]
    print("form:", form.content.fields[0].label, form.content.block_chat_input)
    return first


def read(api_client, conversation_id):
    messages = MessagesApi(api_client)
    answer = messages.list_messages(app_id, conversation_id, page=sunshine_conversations_client.Page())
    print("read:", [message.content.type for message in answer.messages], answer.meta.has_more)
    last = answer.messages[-1]
    page = sunshine_conversations_client.Page(before=last.id)
    older = messages.list_messages(app_id, conversation_id, page=page, _request_timeout=(5, 30))
    print("older:", len(older.messages), [message.author.display_name for message in older.messages])
    newer = messages.list_messages(
        app_id, conversation_id, page=sunshine_conversations_client.Page(after=last.id, size=2)
    )
    print("newer:", newer.messages, newer.meta.after_cursor)
    raw = messages.list_messages(app_id, conversation_id, _preload_content=False)
    print("raw:", raw.status, sorted(json.loads(raw.data)))
    print("to_dict():", sorted(answer.messages[0].content.to_dict()))
    print("repr(model):", repr(answer.messages[0].author).replace("\n", ""))
    print("equal:", answer.messages[0] == older.messages[0], answer.messages[0] == answer.messages[1])


def files(api_client, conversation_id):
    attachments = sunshine_conversations_client.AttachmentsApi(api_client)
    path = os.path.join(folder, "halo ü.txt")
    uploaded = attachments.upload_attachment(app_id, "public", path, _for="message", conversation_id=conversation_id)
    print("uploaded:", uploaded.attachment.media_type)
    listed = attachments.upload_attachment(app_id, "public", [os.path.join(folder, "dot.png")])
    print("uploaded from a list:", listed.attachment.media_type)
    content = sunshine_conversations_client.Content(
        type="file", media_url=uploaded.attachment.media_url, alt_text="What we saw"
    )
    body = MessagePost(author=Author(type="business"), content=content)
    shown = MessagesApi(api_client).post_message(app_id, conversation_id, body).messages[0]
    print("file:", shown.content.alt_text, shown.content.text_fallback)
    print("media_size:", shown.content.media_size)
    body = sunshine_conversations_client.AttachmentDeleteBody(media_url=listed.attachment.media_url)
    print("deleted:", attachments.delete_attachment(app_id, body))


def hooks(api_client):
    webhook = sunshine_conversations_client.Webhook(
        target="http://127.0.0.1:9/hook", triggers=["conversation:message"], include_full_user=True
    )
    custom = sunshine_conversations_client.Custom(type="custom", webhooks=[webhook])
    integration = (
        sunshine_conversations_client.IntegrationsApi(api_client).create_integration(app_id, custom).integration
    )
    print("integration:", integration.type, integration.status, integration.webhooks[0].triggers)
    body = sunshine_conversations_client.WebhookBody(triggers=["user:merge"])
    webhooks = sunshine_conversations_client.WebhooksApi(api_client)
    changed = webhooks.update_webhook(app_id, integration.id, integration.webhooks[0].id, body).webhook
    print("changed:", changed.triggers, changed.target)
    print("include_full_user after that:", changed.include_full_user)


def hand_over(api_client, conversation_id):
    activities = sunshine_conversations_client.ActivitiesApi(api_client)
    typing = {"author": {"type": "business"}, "type": "typing:start"}
    print("typing:", activities.post_activity(app_id, conversation_id, typing))
    board = sunshine_conversations_client.SwitchboardsApi(api_client).create_switchboard(app_id).switchboard
    desk = (
        sunshine_conversations_client.SwitchboardIntegrationsApi(api_client)
        .create_switchboard_integration(
            app_id,
            board.id,
            sunshine_conversations_client.SwitchboardIntegrationCreateBody(
                name="desk", integration_type="zd:agentWorkspace", deliver_standby_events=True
            ),
        )
        .switchboard_integration
    )
    sunshine_conversations_client.SwitchboardsApi(api_client).update_switchboard(
        app_id,
        board.id,
        sunshine_conversations_client.SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=desk.id),
    )
    body = sunshine_conversations_client.PassControlBody(switchboard_integration="desk", metadata={"ticket": 7})
    actions = sunshine_conversations_client.SwitchboardActionsApi(api_client)
    print("passed:", actions.pass_control(app_id, conversation_id, body))
    conversation = sunshine_conversations_client.ConversationsApi(api_client).get_conversation(app_id, conversation_id)
    print("in control:", conversation.conversation.active_switchboard_integration.name)


def what_goes_wrong(api_client, conversation_id):
    messages = MessagesApi(api_client)
    try:
        messages.delete_message(app_id, conversation_id, "0" * 24)
    except ApiException as e:
        print("refused:", e.status, e.reason, json.loads(e.body)["errors"][0]["code"], e.headers["content-type"])
    try:
        messages.post_message(app_id, conversation_id, {"author": {"type": "business"}, "content": {"type": "moon"}})
    except ApiException as e:
        print("wrong:", e.status, isinstance(e.body, str))
    for made in (
        lambda: MessagePost(),
        lambda: sunshine_conversations_client.TextMessage(type="text", text="x" * 5000),
        lambda: sunshine_conversations_client.Content(type="text", text="x" * 5000),
        lambda: sunshine_conversations_client.AttachmentDeleteBody(),
        lambda: sunshine_conversations_client.Page(size=1000),
        lambda: messages.post_message(app_id, conversation_id, None),
    ):
        try:
            made()
            print("made after all")
        except ValueError as e:
            print("ValueError:", type(e).__name__)
    for made in (
        lambda: sunshine_conversations_client.TextMessage(type="text", colour="red"),
        lambda: messages.list_messages(app_id),
        lambda: messages.list_messages(app_id, conversation_id, colour="red"),
    ):
        try:
            made()
            print("made after all")
        except TypeError as e:
            print("TypeError")
    configuration = sunshine_conversations_client.Configuration(host=os.environ["SUNCO_HOST"])
    configuration.username, configuration.password = app_id, "not the secret"
    with sunshine_conversations_client.ApiClient(configuration) as stranger:
        try:
            MessagesApi(stranger).list_messages(app_id, conversation_id)
        except ApiException as e:
            print("a stranger:", e.status, e.reason)


def main():
    with sunshine_conversations_client.ApiClient(configuration, "X-Program", "nine", cookie="a=b") as api_client:
        conversation_id = open_conversation(api_client, "ada-nine")
        rename(api_client, "ada-nine")
        first = say(api_client, conversation_id)
        read(api_client, conversation_id)
        files(api_client, conversation_id)
        hooks(api_client)
        hand_over(api_client, conversation_id)
        what_goes_wrong(api_client, conversation_id)
        messages = MessagesApi(api_client)
        pprint(messages.delete_message(app_id, conversation_id, first.id))
        print("all gone:", messages.delete_all_messages(app_id, conversation_id))
        print("user gone:", sunshine_conversations_client.UsersApi(api_client).delete_user(app_id, "ada-nine"))


if __name__ == "__main__":
    sys.exit(main())
