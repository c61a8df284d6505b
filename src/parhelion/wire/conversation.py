"""Conversations: where messages are exchanged."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ._wire import Instant, Metadata, MetadataUpdate, Name, Uri, Wire
from .message import Message
from .page import Links, Meta
from .user import ExternalId

ConversationType = Literal["personal", "sdkGroup"]


class SwitchboardIntegrationSummary(Wire, kw_only=True):
    """Who has, or is offered, control of a conversation."""

    id: str
    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None


class Conversation(Wire, kw_only=True):
    """A conversation. `type` is "personal" (one user, any channel) or "sdkGroup" (users of the SDKs)."""

    id: str
    type: str
    is_default: bool | None = None
    display_name: str | None = None
    description: str | None = None
    icon_url: str | None = None
    metadata: Metadata | None = None
    active_switchboard_integration: SwitchboardIntegrationSummary | None = None
    pending_switchboard_integration: SwitchboardIntegrationSummary | None = None
    business_last_read: Instant | None = None
    last_updated_at: Instant | None = None
    created_at: Instant | None = None


class ParticipantSub(Wire, kw_only=True):
    """Who takes part from the start: `user_id` or `user_external_id`, exactly one of them."""

    user_id: str | None = None
    user_external_id: ExternalId | None = None
    subscribe_sdk_client: bool | None = msgspec.field(default=None, name="subscribeSDKClient")


class ConversationCreateBody(Wire, kw_only=True):
    """A new conversation: exactly one participant when personal, none to ten when sdkGroup."""

    type: ConversationType
    participants: Annotated[list[ParticipantSub], msgspec.Meta(max_length=10)] | None = None
    display_name: Name | None = None
    description: Name | None = None
    icon_url: Uri | None = None
    metadata: Metadata | None = None


class ConversationResponse(Wire, kw_only=True):
    """One conversation."""

    conversation: Conversation


class ConversationListResponse(Wire, kw_only=True):
    """A page of a user's conversations, oldest first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    conversations: list[Conversation]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Conversation]:
        return self.conversations


class ConversationListFilter(Wire, kw_only=True):
    """Whose conversations: `user_id` or `user_external_id`, exactly one of them."""

    user_id: str | None = None
    user_external_id: ExternalId | None = None


class ConversationUser(Wire, kw_only=True):
    """Somebody in a conversation, in as few words as a title needs."""

    id: str
    external_id: str | None = None
    given_name: str | None = None
    surname: str | None = None


class RecentConversation(Wire, kw_only=True):
    """A conversation among the others of its app.

    `last_message` is the newest in sight. `users` are the first three who take part, and `more_users` says how many
    there are beside them. `unread_count` is how many of the newest 100 messages users have said since
    `conversation.business_last_read`.
    """

    conversation: Conversation
    last_message: Message | None = None
    users: list[ConversationUser]
    more_users: int
    unread_count: int


class RecentConversationListResponse(Wire, kw_only=True):
    """A page of an app's conversations, the one that was last spoken in first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    conversations: list[RecentConversation]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[RecentConversation]:
        return self.conversations


class ConversationUpdateBody(Wire, kw_only=True):
    """What changes of a conversation. What is absent stays, None takes away; metadata is changed key by key."""

    display_name: Name | UnsetType | None = UNSET
    description: Name | UnsetType | None = UNSET
    icon_url: Uri | UnsetType | None = UNSET
    metadata: MetadataUpdate | UnsetType | None = UNSET


class InteractiveDataRef(Wire, kw_only=True):
    """Where Apple keeps what a person answered to an interactive message: five words that Apple gave out."""

    url: str
    bid: str
    key: str
    signature: str
    owner: str


class AppleMessageRef(Wire, kw_only=True):
    """A reference that came from Apple Messages for Business."""

    interactive_data_ref: InteractiveDataRef


class DownloadMessageRefBody(Wire, kw_only=True):
    """A reference to be followed: whose it is, and what the channel said."""

    user_id: str
    apple: AppleMessageRef | None = None


class MetaConversionEventPayload(Wire, kw_only=True):
    """Events in the words of Meta's conversions API, but for those that the API fills in itself."""

    data: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]


class MetaConversionEvent(Wire, kw_only=True):
    """What is told to one channel of Meta."""

    payload: MetaConversionEventPayload


class ConversionEventsBody(Wire, kw_only=True):
    """What a person did after talking on a channel of Meta: exactly one of the three."""

    messenger: MetaConversionEvent | None = None
    instagram: MetaConversionEvent | None = None
    whatsapp: MetaConversionEvent | None = None


class ConversionEvents(Wire, kw_only=True):
    """What Meta made of the events. The documents say that `dataset_id` is text, and show a number."""

    dataset_id: str | int | None = None
    events_received: int | None = None


class ConversionEventsResponse(Wire, kw_only=True):
    """What became of conversion events."""

    conversion_events: ConversionEvents | None = None
