"""The payloads of events, and what they are made of.

- what an event is about is always there; all else may be absent, and words such as `reason` may be new ones;
- users have all their fields where a webhook asks for them (`include_full_user`), otherwise `id`, `external_id` and
  `authenticated`; `source.client` and `source.device` are there where it asks for them (`include_full_source`).
"""

from __future__ import annotations

from typing import Any

from ._wire import Instant, Metadata, Wire
from .client import Client
from .content import Content
from .conversation import SwitchboardIntegrationSummary
from .device import Device
from .message import Activity, Quote, Reference
from .user import User


class ConversationTruncated(Wire, kw_only=True):
    """The conversation that it happened in, and who has or is offered control of it."""

    id: str
    type: str | None = None
    metadata: Metadata | None = None
    active_switchboard_integration: SwitchboardIntegrationSummary | None = None
    pending_switchboard_integration: SwitchboardIntegrationSummary | None = None


class UserTruncated(Wire, kw_only=True):
    """The user it happened to, without profile. `authenticated` is whether they proved who they are."""

    id: str
    authenticated: bool | None = None
    external_id: str | None = None
    zendesk_id: str | None = None
    brand_id: str | None = None


class Campaign(Wire, kw_only=True):
    """The campaign that brought the user."""

    id: str | None = None


class EventSource(Wire, kw_only=True):
    """Where it came from: a channel such as "web", or this API. `client` and `device` only where they are asked for."""

    type: str
    integration_id: str | None = None
    original_message_id: str | None = None
    original_message_timestamp: str | None = None
    client: Client | None = None
    device: Device | None = None
    campaign: Campaign | None = None


class EventAuthor(Wire, kw_only=True):
    """Who did it: "business" or "user" today. `user` is who `user_id` names."""

    type: str
    subtypes: list[str] | None = None
    user_id: str | None = None
    user: User | None = None
    display_name: str | None = None
    avatar_url: str | None = None


class EventMessage(Wire, kw_only=True):
    """A message, as `Message` has it, with more of its author and of its source."""

    id: str
    received: Instant
    author: EventAuthor
    content: Content
    source: EventSource | None = None
    activity: Activity | None = None
    quoted_message: Quote | None = None
    metadata: Metadata | None = None
    deleted: bool | None = None
    references: list[Reference] | None = None


class EventActivity(Wire, kw_only=True):
    """What somebody did beside talking: "conversation:read", "typing:start" or "typing:stop" today."""

    type: str
    source: EventSource | None = None
    author: EventAuthor | None = None


class EventPostback(Wire, kw_only=True):
    """What the pressed button carries."""

    payload: str | None = None
    metadata: Metadata | None = None


class ReferralDetails(Wire, kw_only=True):
    """What the channel says of a referral, such as the advertisement (`ad_id`)."""

    source: str | None = None
    type: str | None = None
    ad_id: str | None = None


class Referral(Wire, kw_only=True):
    """What led the user here: the code that was in the link."""

    code: str | None = None
    details: ReferralDetails | None = None


class EventError(Wire, kw_only=True):
    """Why it failed: `code` for programs, `message` for people."""

    code: str | None = None
    message: str | None = None


class DeliveryMessage(Wire, kw_only=True):
    """The message that was delivered, or was not."""

    id: str


class DeliveryDestination(Wire, kw_only=True):
    """The channel it was delivered to."""

    type: str | None = None
    integration_id: str | None = None


class ExternalMessage(Wire, kw_only=True):
    """What the channel calls the message, or a part of it."""

    id: str | None = None


class MergedUsers(Wire, kw_only=True):
    """The user that is left, and the one that became part of it."""

    surviving: User
    discarded: User


class MergedConversations(Wire, kw_only=True):
    """The default conversation that is left, and the one that became part of it."""

    surviving: ConversationTruncated | None = None
    discarded: ConversationTruncated | None = None


class MergedClients(Wire, kw_only=True):
    """The client that is left, and the one that became part of it."""

    surviving: Client | None = None
    discarded: Client | None = None


# One for each trigger, in their order.


class ClientAddPayload(Wire, kw_only=True):
    """`reason` is "channelLinking", "sdkLogin" or "authCode" today; only the first comes with a conversation."""

    client: Client
    user: UserTruncated
    conversation: ConversationTruncated | None = None
    reason: str | None = None
    source: EventSource | None = None


class ClientRemovePayload(Wire, kw_only=True):
    """`reason` is "api", "linkCancelled", "linkFailed", "sdk" or "theft" today; `error` tells why linking failed."""

    client: Client
    user: UserTruncated
    conversation: ConversationTruncated | None = None
    reason: str | None = None
    error: EventError | None = None
    source: EventSource | None = None


class ClientUpdatePayload(Wire, kw_only=True):
    """`reason` is "confirmed", "blocked", "unblocked" or "matched" today."""

    client: Client
    user: UserTruncated
    conversation: ConversationTruncated | None = None
    reason: str | None = None


class ConversationCreatePayload(Wire, kw_only=True):
    """`user` is there when the conversation is personal.

    `creation_reason` is "none" where this API was asked for it, or else "linkRequest", "message", "notification",
    "prechatCapture", "startConversation" or "proactiveMessaging" today.
    """

    conversation: ConversationTruncated
    creation_reason: str | None = None
    source: EventSource | None = None
    user: User | None = None
    referral: Referral | None = None


class ConversationJoinPayload(Wire, kw_only=True):
    """Who joined what."""

    conversation: ConversationTruncated
    user: UserTruncated


class ConversationLeavePayload(Wire, kw_only=True):
    """Who left what."""

    conversation: ConversationTruncated
    user: UserTruncated


class ConversationMessagePayload(Wire, kw_only=True):
    """`recent_notifications`: what was sent to the user by the Notification API since they last wrote."""

    conversation: ConversationTruncated
    message: EventMessage
    recent_notifications: list[EventMessage] | None = None


class ConversationMessageDeliveryPayload(Wire, kw_only=True):
    """How far a message got. More may follow unless `is_final_event` is true."""

    conversation: ConversationTruncated
    message: DeliveryMessage
    user: User | None = None
    destination: DeliveryDestination | None = None
    external_messages: list[ExternalMessage] | None = None
    is_final_event: bool | None = None


class ConversationMessageDeliveryChannelPayload(ConversationMessageDeliveryPayload, kw_only=True):
    """What the channel took, and what it calls it."""


class ConversationMessageDeliveryFailurePayload(ConversationMessageDeliveryPayload, kw_only=True):
    """What was not delivered, and why."""

    error: EventError


class ConversationMessageDeliveryUserPayload(ConversationMessageDeliveryPayload, kw_only=True):
    """What the user got."""


class ConversationPostbackPayload(Wire, kw_only=True):
    """Who pressed which button."""

    conversation: ConversationTruncated
    postback: EventPostback
    user: User | None = None
    source: EventSource | None = None


class ConversationReadPayload(Wire, kw_only=True):
    """Who read it: `activity.type` is "conversation:read"."""

    conversation: ConversationTruncated
    activity: EventActivity


class ConversationReferralPayload(Wire, kw_only=True):
    """Who came, and what led them here."""

    conversation: ConversationTruncated
    referral: Referral
    user: User | None = None
    source: EventSource | None = None


class ConversationRemovePayload(Wire, kw_only=True):
    """What there is no more."""

    conversation: ConversationTruncated


class ConversationTypingPayload(Wire, kw_only=True):
    """Who types, or no longer does: `activity.type` is "typing:start" or "typing:stop"."""

    conversation: ConversationTruncated
    activity: EventActivity


PassthroughMessagingPayload = dict[str, Any]  # in the channel's own words


class SwitchboardControlPayload(Wire, kw_only=True):
    """Who has control now, or is offered it, is in `conversation`; `metadata` is what came with the request."""

    conversation: ConversationTruncated
    metadata: Metadata | None = None


class SwitchboardFailurePayload(SwitchboardControlPayload, kw_only=True):
    """Why control did not change."""

    error: EventError


class SwitchboardAcceptControlPayload(SwitchboardControlPayload, kw_only=True):
    """Who accepted: `conversation.active_switchboard_integration`."""


class SwitchboardAcceptControlFailurePayload(SwitchboardFailurePayload, kw_only=True):
    """Why control was not accepted."""


class SwitchboardOfferControlPayload(SwitchboardControlPayload, kw_only=True):
    """Who is offered control: `conversation.pending_switchboard_integration`."""


class SwitchboardOfferControlFailurePayload(SwitchboardFailurePayload, kw_only=True):
    """Why control was not offered."""


class SwitchboardPassControlPayload(SwitchboardControlPayload, kw_only=True):
    """Who has control: `conversation.active_switchboard_integration`.

    `reason` is "ticketClosed" or "transferToEmail" today, and absent when somebody asked for it.
    """

    reason: str | None = None


class SwitchboardPassControlFailurePayload(SwitchboardFailurePayload, kw_only=True):
    """Why control was not passed."""


class SwitchboardReleaseControlPayload(SwitchboardControlPayload, kw_only=True):
    """Nobody has control. `reason` is "ticketClosed" or "transferToEmail" today, or absent."""

    reason: str | None = None


class UserMergePayload(Wire, kw_only=True):
    """What became one. `discarded_metadata` is what had no room; `reason`: "api", "channelLinking" or "sdkLogin"."""

    merged_users: MergedUsers
    merged_conversations: MergedConversations | None = None
    merged_clients: MergedClients | None = None
    discarded_metadata: Metadata | None = None
    reason: str | None = None


class UserRemovePayload(Wire, kw_only=True):
    """Who there is no more."""

    user: UserTruncated


class UserUpdatePayload(Wire, kw_only=True):
    """Who changed. `reason` is "authentication" or "localeDetection" today."""

    user: User
    reason: str | None = None
    source: EventSource | None = None
