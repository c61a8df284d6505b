"""An app in which something has happened, for pages to show: made with the client alone, as by any program.

    Ada        a personal conversation with one message of each kind that may be posted, and what people answer
    Maria      a long one, which the business has not read to its end; control of it is offered to the agents
    Layla      one from right to left
    Tycho      one in which a message was deleted, and nobody has answered
    a group    three of them, and a name

    a shop     hears of everything from the beginning, and all has arrived
    a ledger   answers 503: pending                                  both hear of the last few messages only
    a sign     answers 404: failed

Nothing here is left to chance. Contents are what people write, on purpose none of them hostile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from parhelion import (
    AcceptControlBody,
    ActivityPost,
    Author,
    Buy,
    Client,
    ConversationCreateBody,
    Custom,
    CustomCreate,
    DeliveryListFilter,
    ImageMessage,
    Link,
    LocationRequest,
    MessagePost,
    OfferControlBody,
    ParticipantSub,
    PostbackPost,
    Profile,
    SwitchboardIntegrationCreateBody,
    SwitchboardUpdateBody,
    TemplateMessage,
    TextMessage,
    UploadFile,
    UserCreateBody,
    Webhook,
    WebhookCreateBody,
    Webview,
)
from parhelion.cli.demo import GUIDE, one_of_each, sun_dogs
from tests.browser.hooks import Hooks
from tests.workers import until

PEOPLE = {
    "ada": Profile(given_name="Ada", surname="Lovelace", email="ada@example.org", locale="en"),
    "maria": Profile(given_name="Maria", surname="Mitchell", email="maria@example.org", locale="en-US"),
    "tycho": Profile(given_name="Tycho", surname="Brahe", locale="da"),
    "layla": Profile(given_name="ليلى", surname="حداد", locale="ar"),
}
QUESTIONS = (
    ("Hello! Is the small telescope still to be had?", "It is. Two are left, with the table stand."),
    ("Would I see Saturn's rings with it?", "You would: at 60 times they stand clear of the planet."),
    ("And from a town? There is a street lamp before my window.", "The moon and the planets do not mind. Nebulae do."),
    ("How long until it would be here?", "Three days, or tomorrow if you order before noon."),
)
AFTERWARDS = (
    "I have thought about it over night.",
    "I should like the one with the longer tube, please.",
    "Can you put it aside for me until Friday?",
)
SHOP, LEDGER, SIGN = "/shop", "/ledger", "/sign"
BUSINESS = Author(type="business", display_name="Northern Sky")


class Populated(NamedTuple):
    """What there is: ids by name."""

    users: dict[str, str]
    conversations: dict[str, str]  # by the external id of whose it is, and "group"
    webhooks: dict[str, Webhook]  # by the path of the target
    integrations: dict[str, str]  # of those webhooks, by the same
    switchboard: str
    failed: str  # an event that the sign did not take


def populate(client: Client, hooks: Hooks, elapse: Callable[[float], object] = lambda _: None) -> Populated:
    """Fill an empty app. `elapse`: lets so many seconds pass by the server's clock, where somebody may do that."""
    hooks.answers |= {LEDGER: 503, SIGN: 404}
    made = _Made(client, hooks, elapse)
    shop = made.integration("Shop", SHOP)
    switchboard = made.switchboard(shop.id)
    made.ada()
    made.layla()
    made.group()
    made.maria()
    made.integration("Ledger", LEDGER)
    made.integration("Sign at the door", SIGN)
    made.tycho()
    failed = made.settle()
    return Populated(made.users, made.conversations, made.webhooks, made.integrations, switchboard, failed)


class _Made:
    def __init__(self, client: Client, hooks: Hooks, elapse: Callable[[float], object]) -> None:
        self.client, self.hooks, self.elapse = client, hooks, elapse
        self.conversations: dict[str, str] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.integrations: dict[str, str] = {}
        self.users = {
            name: client.users.create(UserCreateBody(external_id=name, profile=profile)).user.id
            for name, profile in PEOPLE.items()
        }

    def integration(self, name: str, path: str) -> Custom:
        hook = WebhookCreateBody(target=self.hooks.url + path, triggers=["conversation:message", "conversation:read"])
        made = self.client.integrations.create(CustomCreate(display_name=name, webhooks=[hook])).integration
        assert isinstance(made, Custom)
        [self.webhooks[path]] = made.webhooks
        self.integrations[path] = made.id or ""
        return made

    def switchboard(self, bot: str) -> str:
        board = self.client.switchboards.create().switchboard
        agents = SwitchboardIntegrationCreateBody(name="agents", integration_type="zd:agentWorkspace")
        places = self.client.switchboard_integrations
        people = places.create(board.id, agents).switchboard_integration
        first = SwitchboardIntegrationCreateBody(
            name="bot", integration_id=bot, next_switchboard_integration_id=people.id
        )
        default = places.create(board.id, first).switchboard_integration
        enabled = SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=default.id)
        self.client.switchboards.update(board.id, enabled)
        return board.id

    def ada(self) -> None:
        """One of each."""
        here = self.start("ada")
        client = self.client
        picture = client.attachments.upload(UploadFile(sun_dogs(), name="sun dogs.png")).attachment.media_url
        guide = client.attachments.upload(UploadFile(GUIDE, name="guide.txt")).attachment.media_url
        self.say(here, "There are three suns in the sky today. Am I dreaming?", by="ada")
        for content in one_of_each(picture, guide):
            self.elapse(20)
            post = MessagePost(author=BUSINESS, content=content)
            if isinstance(content, TemplateMessage):
                post.schema = "whatsapp"
            client.messages.post(here, post)
        self.say(here, "Tell me more", by="ada")
        html = "<p>By all means: <b>22 degrees</b> from the sun,</p><ul><li>one left</li><li>one right</li></ul>"
        client.messages.post(here, TextMessage(html_text=html), author=BUSINESS)
        buttons = TextMessage(
            text="What would you like to do?",
            actions=[
                Link(text="Read about halos", uri="https://example.org/halos"),
                Webview(text="Open the sky map", uri="https://example.org/map", fallback="https://example.org/map"),
                Buy(text="Buy eclipse glasses", amount=450, currency="eur"),
                LocationRequest(text="Say where you are"),
            ],
        )
        client.messages.post(here, buttons, author=BUSINESS)
        self.elapse(40)
        client.messages.post(here, ImageMessage(media_url=picture, alt_text="Mine"), author=self.author("ada"))
        press = PostbackPost(author=self.author("ada"), message_id=self.with_postback(here), payload="SAW_SUN_DOG")
        client.postbacks.post(here, press)
        self.read(here)

    def maria(self) -> None:
        """Unread at its end, with control offered."""
        here = self.start("maria")
        for asked, answered in QUESTIONS * 3:
            self.elapse(90)
            self.say(here, asked, by="maria")
            self.elapse(60)
            self.say(here, answered)
        self.read(here)
        self.client.switchboard_actions.offer_control(here, OfferControlBody(switchboard_integration="agents"))
        self.elapse(8 * 3600)
        for text in AFTERWARDS:
            self.say(here, text, by="maria")
            self.elapse(30)

    def layla(self) -> None:
        here = self.start("layla")
        self.say(here, "مرحبا! هل رأيتم القمر الليلة؟", by="layla")
        self.elapse(120)
        self.say(here, "نعم، وكان جميلا جدا.")
        self.client.switchboard_actions.offer_control(here, OfferControlBody(switchboard_integration="agents"))
        self.client.switchboard_actions.accept_control(here, AcceptControlBody())
        self.read(here)

    def group(self) -> None:
        people = [ParticipantSub(user_id=self.users[name]) for name in ("ada", "maria", "tycho")]
        body = ConversationCreateBody(type="sdkGroup", participants=people, display_name="Night walk on Saturday")
        here = self.conversations["group"] = self.client.conversations.create(body).conversation.id
        self.say(here, "We meet at nine at the old observatory. Bring something warm.")
        self.elapse(300)
        self.say(here, "I bring tea for everybody.", by="maria")
        self.say(here, "And I the sextant.", by="tycho")
        self.read(here)

    def tycho(self) -> None:
        """The last, and unread."""
        here = self.start("tycho")
        self.elapse(1800)
        gone = self.client.messages.post(here, "My address is 12 Star Lane", author=self.author("tycho")).messages[0]
        self.client.messages.delete(here, gone.id)
        self.say(here, "My order has come without its screws. What now?", by="tycho")

    def start(self, name: str) -> str:
        body = ConversationCreateBody(type="personal", participants=[ParticipantSub(user_id=self.users[name])])
        self.conversations[name] = self.client.conversations.create(body).conversation.id
        return self.conversations[name]

    def author(self, name: str) -> Author:
        return Author(type="user", user_id=self.users[name])

    def say(self, conversation: str, text: str, by: str = "") -> None:
        self.client.messages.post(conversation, text, author=self.author(by) if by else BUSINESS)

    def read(self, conversation: str) -> None:
        """By the business, to its end."""
        self.client.activities.post(conversation, ActivityPost(author=BUSINESS, type="conversation:read"))

    def with_postback(self, conversation: str) -> str:
        """The message that has a button to press."""
        found = self.client.messages.list(conversation).messages
        return next(each.id for each in found if each.content.type == "carousel")

    def settle(self) -> str:
        """Until what can arrive has arrived, and what cannot was tried. Answers an event that failed."""
        shop, ledger, sign = (self.webhooks[path].id for path in (SHOP, LEDGER, SIGN))
        pending = DeliveryListFilter(state="pending")

        def has_settled() -> bool:
            late = self.client.deliveries.list(ledger, filter=pending).deliveries
            done = not any(self.client.deliveries.list(each, filter=pending).deliveries for each in (shop, sign))
            return done and late != [] and late[0].attempts > 0

        until(has_settled, "webhooks are sent")
        return self.client.deliveries.list(sign, filter=DeliveryListFilter(state="failed")).deliveries[-1].event_id
