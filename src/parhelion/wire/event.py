"""Events: what happened in an app, as webhooks and the stream tell it.

Envelope{app, webhook, events}  ->  Event{id, type, createdAt, payload}     one struct for each trigger

- a trigger is the event's `type`: "conversation:message" is ConversationMessageEvent with a ConversationMessagePayload;
- `id` stays the same however often an event is delivered: who keeps the ids handles each event once;
- an event of a trigger that came after this version, or of a shape that is not its own, is kept in an UnknownEvent.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ._wire import Instant, Tagged, Unknown, Wire
from .event_payload import (
    ClientAddPayload,
    ClientRemovePayload,
    ClientUpdatePayload,
    ConversationCreatePayload,
    ConversationJoinPayload,
    ConversationLeavePayload,
    ConversationMessageDeliveryChannelPayload,
    ConversationMessageDeliveryFailurePayload,
    ConversationMessageDeliveryUserPayload,
    ConversationMessagePayload,
    ConversationPostbackPayload,
    ConversationReadPayload,
    ConversationReferralPayload,
    ConversationRemovePayload,
    ConversationTypingPayload,
    PassthroughMessagingPayload,
    SwitchboardAcceptControlFailurePayload,
    SwitchboardAcceptControlPayload,
    SwitchboardOfferControlFailurePayload,
    SwitchboardOfferControlPayload,
    SwitchboardPassControlFailurePayload,
    SwitchboardPassControlPayload,
    SwitchboardReleaseControlPayload,
    UserMergePayload,
    UserRemovePayload,
    UserUpdatePayload,
)


class AnyEvent(Tagged, kw_only=True):
    """What all events have that this version knows: an id, the same in every delivery, and when it happened."""

    id: str
    created_at: Instant


class ClientAddEvent(AnyEvent, kw_only=True, tag="client:add"):
    """A way to reach a user came to be, or linking it began."""

    payload: ClientAddPayload


class ClientRemoveEvent(AnyEvent, kw_only=True, tag="client:remove"):
    """A way to reach a user is gone, or linking it failed."""

    payload: ClientRemovePayload


class ClientUpdateEvent(AnyEvent, kw_only=True, tag="client:update"):
    """A way to reach a user was found, confirmed, blocked or opened again."""

    payload: ClientUpdatePayload


class ConversationCreateEvent(AnyEvent, kw_only=True, tag="conversation:create"):
    """A conversation began."""

    payload: ConversationCreatePayload


class ConversationJoinEvent(AnyEvent, kw_only=True, tag="conversation:join"):
    """A user joined a conversation of type "sdkGroup"."""

    payload: ConversationJoinPayload


class ConversationLeaveEvent(AnyEvent, kw_only=True, tag="conversation:leave"):
    """A user left a conversation of type "sdkGroup"."""

    payload: ConversationLeavePayload


class ConversationMessageEvent(AnyEvent, kw_only=True, tag="conversation:message"):
    """A message was sent, by whomever: look at `payload.message.author.type` before answering it."""

    payload: ConversationMessagePayload


class ConversationMessageDeliveryChannelEvent(AnyEvent, kw_only=True, tag="conversation:message:delivery:channel"):
    """A channel took a message."""

    payload: ConversationMessageDeliveryChannelPayload


class ConversationMessageDeliveryFailureEvent(AnyEvent, kw_only=True, tag="conversation:message:delivery:failure"):
    """A message was not delivered."""

    payload: ConversationMessageDeliveryFailurePayload


class ConversationMessageDeliveryUserEvent(AnyEvent, kw_only=True, tag="conversation:message:delivery:user"):
    """A message reached its user."""

    payload: ConversationMessageDeliveryUserPayload


class ConversationPostbackEvent(AnyEvent, kw_only=True, tag="conversation:postback"):
    """A user pressed a postback button."""

    payload: ConversationPostbackPayload


class ConversationReadEvent(AnyEvent, kw_only=True, tag="conversation:read"):
    """A user read a conversation."""

    payload: ConversationReadPayload


class ConversationReferralEvent(AnyEvent, kw_only=True, tag="conversation:referral"):
    """A user was led to a conversation by a link or an advertisement."""

    payload: ConversationReferralPayload


class ConversationRemoveEvent(AnyEvent, kw_only=True, tag="conversation:remove"):
    """A conversation was deleted."""

    payload: ConversationRemovePayload


class ConversationTypingEvent(AnyEvent, kw_only=True, tag="conversation:typing"):
    """A user began or stopped typing."""

    payload: ConversationTypingPayload


class PassthroughMessagingEvent(AnyEvent, kw_only=True, tag="passthrough:messaging"):
    """A channel said something that is passed on as it came."""

    payload: PassthroughMessagingPayload


class SwitchboardAcceptControlEvent(AnyEvent, kw_only=True, tag="switchboard:acceptControl"):
    """Control of a conversation was accepted."""

    payload: SwitchboardAcceptControlPayload


class SwitchboardAcceptControlFailureEvent(AnyEvent, kw_only=True, tag="switchboard:acceptControl:failure"):
    """Control of a conversation could not be accepted."""

    payload: SwitchboardAcceptControlFailurePayload


class SwitchboardOfferControlEvent(AnyEvent, kw_only=True, tag="switchboard:offerControl"):
    """Control of a conversation was offered."""

    payload: SwitchboardOfferControlPayload


class SwitchboardOfferControlFailureEvent(AnyEvent, kw_only=True, tag="switchboard:offerControl:failure"):
    """Control of a conversation could not be offered."""

    payload: SwitchboardOfferControlFailurePayload


class SwitchboardPassControlEvent(AnyEvent, kw_only=True, tag="switchboard:passControl"):
    """Control of a conversation was passed."""

    payload: SwitchboardPassControlPayload


class SwitchboardPassControlFailureEvent(AnyEvent, kw_only=True, tag="switchboard:passControl:failure"):
    """Control of a conversation could not be passed."""

    payload: SwitchboardPassControlFailurePayload


class SwitchboardReleaseControlEvent(AnyEvent, kw_only=True, tag="switchboard:releaseControl"):
    """Control of a conversation was released."""

    payload: SwitchboardReleaseControlPayload


class UserMergeEvent(AnyEvent, kw_only=True, tag="user:merge"):
    """Two users became one."""

    payload: UserMergePayload


class UserRemoveEvent(AnyEvent, kw_only=True, tag="user:remove"):
    """A user was deleted, and all that was theirs."""

    payload: UserRemovePayload


class UserUpdateEvent(AnyEvent, kw_only=True, tag="user:update"):
    """A user proved who they are, or their language was found out. An update over this API is not told."""

    payload: UserUpdatePayload


class UnknownEvent(Unknown, kw_only=True, tag="(unknown)"):
    """An event of a trigger that came after this version, or of another shape; `fields` is the object as it arrived."""

    @property
    def id(self) -> str:
        """Its id as other events have it, or "" where it has none."""
        said = self.fields.get("id")
        return said if isinstance(said, str) else ""

    @property
    def created_at(self) -> datetime | None:
        """When it happened, where it tells so."""
        try:
            return msgspec.convert(self.fields.get("createdAt"), Instant)
        except msgspec.ValidationError:
            return None


Event = (
    ClientAddEvent
    | ClientRemoveEvent
    | ClientUpdateEvent
    | ConversationCreateEvent
    | ConversationJoinEvent
    | ConversationLeaveEvent
    | ConversationMessageEvent
    | ConversationMessageDeliveryChannelEvent
    | ConversationMessageDeliveryFailureEvent
    | ConversationMessageDeliveryUserEvent
    | ConversationPostbackEvent
    | ConversationReadEvent
    | ConversationReferralEvent
    | ConversationRemoveEvent
    | ConversationTypingEvent
    | PassthroughMessagingEvent
    | SwitchboardAcceptControlEvent
    | SwitchboardAcceptControlFailureEvent
    | SwitchboardOfferControlEvent
    | SwitchboardOfferControlFailureEvent
    | SwitchboardPassControlEvent
    | SwitchboardPassControlFailureEvent
    | SwitchboardReleaseControlEvent
    | UserMergeEvent
    | UserRemoveEvent
    | UserUpdateEvent
    | UnknownEvent
)


class EnvelopeApp(Wire, kw_only=True):
    """The app that it happened in."""

    id: str


class EnvelopeWebhook(Wire, kw_only=True):
    """The webhook that it is sent to."""

    id: str
    version: str | None = None


class Envelope(Wire, kw_only=True):
    """What a webhook is sent: events of one app, perhaps of several conversations."""

    app: EnvelopeApp
    webhook: EnvelopeWebhook
    events: list[Event]
