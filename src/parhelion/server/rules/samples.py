"""Samples: a made-up event of each trigger, for who tries out a webhook. Told in full, as stored events are.

Nobody takes one for something that happened: its ids are zeros, and what it says of itself is "Test".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast, get_args

from ...wire import (
    AnyEvent,
    Client,
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
    ConversationTruncated,
    ConversationTypingPayload,
    DeliveryDestination,
    DeliveryMessage,
    Device,
    Event,
    EventActivity,
    EventAuthor,
    EventError,
    EventMessage,
    EventPostback,
    EventSource,
    ExternalMessage,
    MergedUsers,
    Metadata,
    PassthroughMessagingPayload,
    Profile,
    Referral,
    SwitchboardAcceptControlFailurePayload,
    SwitchboardAcceptControlPayload,
    SwitchboardIntegrationSummary,
    SwitchboardOfferControlFailurePayload,
    SwitchboardOfferControlPayload,
    SwitchboardPassControlFailurePayload,
    SwitchboardPassControlPayload,
    SwitchboardReleaseControlPayload,
    TextMessage,
    User,
    UserMergePayload,
    UserRemovePayload,
    UserTruncated,
    UserUpdatePayload,
    Wire,
)

ZEROS = "0" * 24
ONCE = datetime(2020, 1, 1, tzinfo=UTC)
CLIENT = Client(id=ZEROS, type="web", status="active", integration_id=ZEROS, display_name="Test Client")
DEVICE = Device(id=ZEROS, type="web", status="active", client_id=ZEROS, last_seen=ONCE)
SOURCE = EventSource(type="web", integration_id=ZEROS, client=CLIENT, device=DEVICE)
USER = User(
    id=ZEROS,
    external_id="test-user",
    authenticated=False,
    signed_up_at=ONCE,
    profile=Profile(given_name="Test", surname="User", email="test@example.org", locale="en-US"),
)
MERGED = User(id=f"{ZEROS[1:]}1", external_id="test-user-merged", authenticated=False)
PERSON = UserTruncated(id=ZEROS, external_id="test-user", authenticated=False)
AUTHOR = EventAuthor(type="user", user_id=ZEROS, user=USER, display_name="Test User")
BOT = SwitchboardIntegrationSummary(id=ZEROS, name="test-bot", integration_id=ZEROS, integration_type="custom")
DESK = SwitchboardIntegrationSummary(id=ZEROS, name="test-desk", integration_type="zd:agentWorkspace")
FREE = ConversationTruncated(id=ZEROS, type="personal")
TALK = ConversationTruncated(id=ZEROS, type="personal", active_switchboard_integration=BOT)
OFFERED = ConversationTruncated(
    id=ZEROS, type="personal", active_switchboard_integration=BOT, pending_switchboard_integration=DESK
)
MESSAGE = EventMessage(  # by the business: a bot that answered it would not find the conversation
    id=ZEROS,
    received=ONCE,
    author=EventAuthor(type="business", display_name="Test Business"),
    content=TextMessage(text="Test: nobody said this"),
    source=SOURCE,
)
FAILURE = EventError(code="test", message="Test: nothing has failed")
REASON: Metadata = {"reason": "Test"}

SENT = DeliveryMessage(id=ZEROS)
CHANNEL = DeliveryDestination(type="web", integration_id=ZEROS)
OUTSIDE = [ExternalMessage(id="test-message")]

PAYLOADS: dict[str, Wire | PassthroughMessagingPayload] = {
    "client:add": ClientAddPayload(
        client=CLIENT, user=PERSON, conversation=TALK, reason="channelLinking", source=SOURCE
    ),
    "client:remove": ClientRemovePayload(client=CLIENT, user=PERSON, conversation=TALK, reason="api", source=SOURCE),
    "client:update": ClientUpdatePayload(client=CLIENT, user=PERSON, conversation=TALK, reason="confirmed"),
    "conversation:create": ConversationCreatePayload(
        conversation=FREE, creation_reason="startConversation", source=SOURCE, user=USER
    ),
    "conversation:join": ConversationJoinPayload(conversation=TALK, user=PERSON),
    "conversation:leave": ConversationLeavePayload(conversation=TALK, user=PERSON),
    "conversation:message": ConversationMessagePayload(conversation=TALK, message=MESSAGE),
    "conversation:message:delivery:channel": ConversationMessageDeliveryChannelPayload(
        conversation=TALK, message=SENT, user=USER, destination=CHANNEL, external_messages=OUTSIDE, is_final_event=False
    ),
    "conversation:message:delivery:failure": ConversationMessageDeliveryFailurePayload(
        conversation=TALK, message=SENT, user=USER, destination=CHANNEL, is_final_event=True, error=FAILURE
    ),
    "conversation:message:delivery:user": ConversationMessageDeliveryUserPayload(
        conversation=TALK, message=SENT, user=USER, destination=CHANNEL, external_messages=OUTSIDE, is_final_event=True
    ),
    "conversation:postback": ConversationPostbackPayload(
        conversation=TALK, postback=EventPostback(payload="test"), user=USER, source=SOURCE
    ),
    "conversation:read": ConversationReadPayload(
        conversation=TALK, activity=EventActivity(type="conversation:read", source=SOURCE, author=AUTHOR)
    ),
    "conversation:referral": ConversationReferralPayload(
        conversation=TALK, referral=Referral(code="test"), user=USER, source=SOURCE
    ),
    "conversation:remove": ConversationRemovePayload(conversation=FREE),
    "conversation:typing": ConversationTypingPayload(
        conversation=TALK, activity=EventActivity(type="typing:start", source=SOURCE, author=AUTHOR)
    ),
    "passthrough:messaging": {"type": "test", "text": "Test: no channel said this"},
    "switchboard:acceptControl": SwitchboardAcceptControlPayload(conversation=TALK, metadata=REASON),
    "switchboard:acceptControl:failure": SwitchboardAcceptControlFailurePayload(
        conversation=TALK, metadata=REASON, error=FAILURE
    ),
    "switchboard:offerControl": SwitchboardOfferControlPayload(conversation=OFFERED, metadata=REASON),
    "switchboard:offerControl:failure": SwitchboardOfferControlFailurePayload(
        conversation=TALK, metadata=REASON, error=FAILURE
    ),
    "switchboard:passControl": SwitchboardPassControlPayload(conversation=TALK, metadata=REASON),
    "switchboard:passControl:failure": SwitchboardPassControlFailurePayload(
        conversation=TALK, metadata=REASON, error=FAILURE
    ),
    "switchboard:releaseControl": SwitchboardReleaseControlPayload(conversation=FREE, metadata=REASON),
    "user:merge": UserMergePayload(merged_users=MergedUsers(surviving=USER, discarded=MERGED), reason="api"),
    "user:remove": UserRemovePayload(user=PERSON),
    "user:update": UserUpdatePayload(user=USER, reason="authentication", source=SOURCE),
}
EVENTS: dict[str, Any] = {each.__struct_config__.tag: each for each in get_args(Event)}


def sample(trigger: str, id: str, created_at: datetime) -> AnyEvent:
    """A made-up event of a trigger, one of `wire.TRIGGERS`."""
    return cast("AnyEvent", EVENTS[trigger](id=id, created_at=created_at, payload=PAYLOADS[trigger]))
