# Written as its users write: the house's style is not theirs.
# ruff: noqa: E501, PTH118, PTH123, RUF059
"""A bot's backend in the manner of release 12: models for all, what is None, webhooks, channels, a client of its own."""

import json
import os
from multiprocessing.pool import ApplyResult

import sunshine_conversations_client as sc
from sunshine_conversations_client.exceptions import ApiTypeError, ApiValueError, OpenApiException

APP = os.environ["SUNCO_APP_ID"]
FOLDER = os.environ["SUNCO_FOLDER"]


def connect():
    configuration = sc.Configuration(
        host=os.environ["SUNCO_HOST"], username=os.environ["SUNCO_KEY_ID"], password=os.environ["SUNCO_SECRET"]
    )
    configuration.retries = 2
    client = sc.ApiClient(configuration, pool_threads=2)
    client.set_default_header("X-Program", "twelve")
    return client


class Bot:
    def __init__(self, client):
        self.client = client
        self.users = sc.UsersApi(client)
        self.conversations = sc.ConversationsApi(client)
        self.participants = sc.ParticipantsApi(client)
        self.messages = sc.MessagesApi(client)
        self.integrations = sc.IntegrationsApi(client)
        self.webhooks = sc.WebhooksApi(client)
        self.clients = sc.ClientsApi(client)

    def people(self):
        ada = self.users.create_user(APP, sc.UserCreateBody("ada-twelve", None, sc.Profile("Ada", "Lovelace"))).user
        ben = self.users.create_user(APP, {"externalId": "ben-twelve", "profile": {"givenName": "Ben"}}).user
        print("people:", ada.profile.surname, ben.profile.given_name, ben.profile.surname)
        changed = self.users.update_user(
            APP, ada.id, sc.UserUpdateBody(profile=sc.Profile(surname=None, locale="en"), metadata={"tier": 1})
        ).user
        print("surname:", changed.profile.surname)
        print("locale:", changed.profile.locale, changed.metadata)
        again = self.users.update_user(APP, ada.id, sc.UserUpdateBody(metadata=None)).user
        print("metadata:", again.metadata)
        return ada, ben

    def group(self, ada, ben):
        body = sc.ConversationCreateBody(
            type="sdkGroup",
            participants=[sc.ParticipantSubSchema(user_id=ada.id, subscribe_sdk_client=False)],
            display_name="Halos",
            description="What we saw",
            metadata={"lang": "en"},
        )
        conversation = self.conversations.create_conversation(APP, body).conversation
        self.participants.join_conversation(APP, conversation.id, {"userId": ben.id})
        listed, status, headers = self.participants.list_participants_with_http_info(APP, conversation.id)
        print("participants:", [each.user_external_id for each in listed.participants], status)
        body = sc.ConversationUpdateBody(display_name="All halos", icon_url="https://example.org/i.png")
        renamed = self.conversations.update_conversation(APP, conversation.id, body).conversation
        print("renamed:", renamed.display_name, renamed.icon_url, renamed.description)
        bare = self.conversations.update_conversation(
            APP, conversation.id, sc.ConversationUpdateBody(display_name=None, icon_url=None)
        ).conversation
        print("icon_url=None:", bare.icon_url)
        print("display_name=None:", bare.display_name)
        found = self.conversations.list_conversations(APP, filter=sc.ConversationListFilter(user_id=ben.id))
        print("found:", len(found.conversations), found.meta.has_more)
        self.participants.leave_conversation(APP, conversation.id, sc.ParticipantLeaveBody(user_id=ben.id))
        return conversation.id

    def talk(self, conversation):
        business = sc.Author(type="business", subtypes=["AI"], display_name="The bot")
        buttons = [
            sc.Link(type="link", text="Look", uri="https://example.org/", default=True),
            sc.Postback(type="postback", text="Take it", payload="TAKE", metadata={"size": 3}),
            sc.Buy(type="buy", text="Pay", amount=1099, currency="eur"),
        ]
        said = [
            sc.TextMessage(text="Choose", actions=buttons),
            sc.ImageMessage(media_url="https://example.org/sun.png", alt_text="The sun", text="The sun"),
            sc.ListMessage(items=[sc.Item(title="One", description="The first", actions=[buttons[0]])]),
            sc.LocationMessage(
                coordinates=sc.LocationMessageCoordinates(lat=78.2, long=15.6),
                location=sc.LocationMessageLocation(name="Longyearbyen", address="A good place"),
            ),
            sc.Content(type="text", text="Flat", actions=[sc.LocationRequest(text="Where?")]),
            sc.FormMessage(
                fields=[
                    sc.FormMessageField(type="text", name="where", label="Where?", min_size=2, max_size=40),
                    sc.FormMessageField(type="email", name="email", label="Your email?"),
                ]
            ),
        ]
        waiting = []
        for content in said:
            post = sc.MessagePost(author=business, content=content, metadata=None)
            waiting.append(self.messages.post_message(APP, conversation, post, async_req=True))
            waiting[-1].wait()
        print("threads:", all(isinstance(each, ApplyResult) for each in waiting))
        for each in waiting:
            content = each.get().messages[0].content
            print("said:", content.type, content.text, content.media_url, content.alt_text)
        listed = self.messages.list_messages(APP, conversation)
        print("listed:", [message.content.type for message in listed.messages])
        older = self.messages.list_messages(APP, conversation, page=sc.Page(before=listed.messages[-1].id))
        print("older:", len(older.messages))
        place = listed.messages[3].content
        print("place:", place.coordinates.lat, place.location.name)
        bought = listed.messages[0].content.actions[2]
        print("buy:", bought.amount, bought.currency, bought.uri)
        message = listed.messages[0]
        print("author:", message.author.type, message.author.subtypes, message.author.user_id)
        print("repr(model):", repr(message.author).replace("\n", ""))
        print("to_dict():", sorted(key for key, value in message.author.to_dict().items() if value is not None))
        read = self.client.sanitize_for_serialization(sc.MessagePost(author=business, content=said[1]))
        print("sanitized:", json.dumps(read, sort_keys=True))

    def hooks(self):
        hook = sc.Webhook(target="http://127.0.0.1:9/hook", triggers=["conversation:message", "user:merge"])
        bot = self.integrations.create_integration(APP, sc.Custom(display_name="bot", webhooks=[hook])).integration
        print("integration:", type(bot).__name__, bot.type, bot.status, bot.display_name)
        listed = self.webhooks.list_webhooks(APP, bot.id).webhooks
        print("hooks:", listed[0].target, listed[0].triggers, len(listed[0].secret) > 30)
        body = sc.WebhookCreateBody(target="http://127.0.0.1:9/more", triggers=["user:remove"], include_full_user=True)
        made = self.webhooks.create_webhook(APP, bot.id, body).webhook
        changed = self.webhooks.update_webhook(APP, bot.id, made.id, sc.WebhookBody(triggers=["user:merge"])).webhook
        print("changed:", changed.triggers, changed.target)
        print("include_full_user after that:", changed.include_full_user)
        web = self.integrations.create_integration(APP, sc.Web(business_name="Ours")).integration
        changed = self.integrations.update_integration(APP, web.id, sc.IntegrationUpdate(brand_color="ff8800"))
        print("web:", changed.integration.brand_color, changed.integration.attachments_enabled)
        listed = self.integrations.list_integrations(APP, filter=sc.IntegrationListFilter(types="custom"))
        print("custom ones:", [each.display_name for each in listed.integrations])
        return bot.id

    def channel(self, ada):
        talk = self.conversations.create_conversation(
            APP, sc.ConversationCreateBody(type="personal", participants=[sc.ParticipantSubSchema(user_id=ada.id)])
        ).conversation.id
        twilio = self.integrations.create_integration(
            APP, sc.Twilio(account_sid="AC1", auth_token="t", phone_number_sid="PN1")
        ).integration
        criteria = sc.MatchCriteria(type="twilio", integration_id=twilio.id, phone_number="+12125550123")
        body = sc.ClientCreate(criteria, sc.Confirmation(type="immediate"), sc.Target(conversation_id=talk))
        linked = self.clients.create_client(APP, ada.id, body).client
        print("client:", linked.type, linked.status)
        print("clients:", len(self.clients.list_clients(APP, ada.id, page=sc.Page(size=1)).clients))

    def files(self, conversation):
        attachments = sc.AttachmentsApi(self.client)
        with open(os.path.join(FOLDER, "dot.png"), "rb") as file:
            path = file.name
        made = attachments.upload_attachment(APP, "public", path, conversation_id=conversation).attachment
        shown = sc.MessagePost(author=sc.Author(type="business"), content=sc.ImageMessage(media_url=made.media_url))
        content = self.messages.post_message(APP, conversation, shown).messages[0].content
        print("image:", content.media_type, content.attachment_id is None)
        print("media_size:", content.media_size)

    def wrong(self, conversation):
        try:
            self.users.create_user(APP, sc.UserCreateBody(external_id="ada-twelve"))
        except sc.ApiException as e:
            print("twice:", e.status, e.reason, json.loads(e.body)["errors"][0]["code"])
            print("shown:", str(e).splitlines()[0])
        try:
            self.messages.list_messages(APP, "0" * 24)
        except OpenApiException as e:
            print("nowhere:", e.status, type(e.body).__name__, e.headers.get("Content-Type"))
        for kind, made in (
            (ApiTypeError, lambda: self.users.get_user(APP, "ada-twelve", colour="red")),
            (ApiValueError, lambda: self.users.get_user(APP, None)),
            (ValueError, lambda: sc.Author(type="ghost")),
            (ValueError, lambda: sc.Custom(webhooks=None)),
        ):
            try:
                made()
                print("made after all")
            except kind:
                print("raised:", kind.__name__)
        post = sc.MessagePost(author=sc.Author(type="business"), content=sc.TextMessage(text="one"))
        try:
            post.author = None
            print("set after all")
        except ValueError:
            print("raised: ValueError, when set")
        post.content = sc.TextMessage(text="two")
        with sc.ApiClient(self.client.configuration, cookie="a=b") as another:
            another.user_agent = "observatory/2.1"
            found, status, _ = sc.ConversationsApi(another).get_conversation_with_http_info(APP, conversation)
            print("another client:", found.conversation.description, status)
        print("set:", self.messages.post_message(APP, conversation, post).messages[0].content.text)


def main():
    with connect() as client:
        bot = Bot(client)
        ada, ben = bot.people()
        conversation = bot.group(ada, ben)
        bot.talk(conversation)
        integration = bot.hooks()
        bot.channel(ada)
        bot.files(conversation)
        bot.wrong(conversation)
        print("gone:", bot.integrations.delete_integration(APP, integration))
        print("gone:", bot.conversations.delete_conversation(APP, conversation))
        print("gone:", bot.users.delete_user_personal_information(APP, "ben-twelve").user.profile.given_name)


main()
