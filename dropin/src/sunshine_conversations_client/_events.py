"""The models of what webhooks bring. Programs read them with `from_dict`; no operation answers them.

Each event has an id, a type, the moment it was made, and a payload of its own. Their names were made by a generator:
ConversationMessageEvent with a ConversationMessageEventAllOfPayload, but SwitchboardPassControl without "Event".
"""

from __future__ import annotations

from parhelion import wire

from ._shapes import AnyShape, Shape, heard

# The order of positional arguments.
_SOURCE = ("type", "integration_id", "original_message_id", "original_message_timestamp", "client", "device")
_DELIVERY = "user conversation message destination external_messages is_final_event"
_PAYLOADS = {
    "ClientAddEvent": "conversation user client reason source",
    "ClientRemoveEvent": "conversation user client reason error source",
    "ClientUpdateEvent": "conversation user client reason",
    "ConversationCreateEvent": "conversation creation_reason source user referral",
    "ConversationJoinEvent": "conversation user",
    "ConversationLeaveEvent": "conversation user",
    "ConversationMessageDeliveryFailureEvent": f"{_DELIVERY} error",
    "ConversationMessageEvent": "conversation message recent_notifications",
    "ConversationPostbackEvent": "postback conversation user source",
    "ConversationReadEvent": "conversation activity",
    "ConversationReferralEvent": "conversation user source referral",
    "ConversationRemoveEvent": "conversation",
    "ConversationTypingEvent": "conversation activity",
    "SwitchboardAcceptControl": "conversation metadata",
    "SwitchboardOfferControl": "conversation metadata",
    "SwitchboardPassControl": "conversation metadata reason",
    "SwitchboardReleaseControl": "conversation metadata reason",
    "UserMergeEvent": "merged_users merged_conversations merged_clients discarded_metadata reason",
    "UserRemoveEvent": "user",
    "UserUpdateEvent": "user reason source",
}
# What is another model than most have there, or none.
_HOLDS = {
    "ClientAddEvent": "source:SourceWebhook",
    "ClientRemoveEvent": "source:SourceWebhook error:object",
    "UserUpdateEvent": "source:SourceWebhook",
}
# Whose payload is another's.
_SHARING = (
    "ConversationMessageDeliveryChannelEvent",
    "ConversationMessageDeliveryUserEvent",
    "SwitchboardAcceptControlFailure",
    "SwitchboardOfferControlFailure",
    "SwitchboardPassControlFailure",
)


def _event(name: str) -> Shape:
    return heard(getattr(wire, f"{name.removesuffix('Event')}Event"), first="id type created_at payload")


def _payload(name: str) -> Shape:
    struct = getattr(wire, f"{name.removesuffix('Event')}Payload")
    return heard(struct, first=_PAYLOADS[name], holds=_HOLDS.get(name, ""))


EVENTS: dict[str, AnyShape] = {
    "EventSubSchema": heard(wire.AnyEvent, first="id type created_at"),
    "WebhookSubSchema": heard(wire.EnvelopeWebhook),
    "AppSubSchema": heard(wire.EnvelopeApp),
    **{name: _event(name) for name in (*_PAYLOADS, *_SHARING)},
    **{f"{name}AllOfPayload": _payload(name) for name in _PAYLOADS},
    "SwitchboardAcceptControlFailureAllOfPayload": heard(
        wire.SwitchboardAcceptControlFailurePayload,
        wire.SwitchboardOfferControlFailurePayload,
        wire.SwitchboardPassControlFailurePayload,
        first="error conversation metadata",
        holds="error:object",
    ),
    "ConversationMessageDeliveryPayload": heard(
        wire.ConversationMessageDeliveryPayload,
        wire.ConversationMessageDeliveryChannelPayload,
        wire.ConversationMessageDeliveryUserPayload,
        first=_DELIVERY,
    ),
    "ConversationMessageDeliveryPayloadMessage": heard(wire.DeliveryMessage),
    "ConversationMessageDeliveryPayloadDestination": heard(wire.DeliveryDestination),
    "ConversationMessageDeliveryPayloadExternalMessagesInner": heard(wire.ExternalMessage),
    "ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError": heard(wire.EventError),
    "UserMergeEventAllOfPayloadMergedUsers": heard(wire.MergedUsers),
    "UserMergeEventAllOfPayloadMergedConversations": heard(wire.MergedConversations),
    "UserMergeEventAllOfPayloadMergedClients": heard(wire.MergedClients),
    # what payloads are made of
    "Activity": heard(wire.EventActivity, holds="source:SourceWebhook"),
    "AuthorWebhook": heard(wire.EventAuthor, first="type user_id user"),
    "Campaign": heard(wire.Campaign),
    "ConversationTruncated": heard(wire.ConversationTruncated),
    "MessageWebhook": heard(
        wire.EventMessage, first="id received author content source quoted_message metadata deleted"
    ),
    "PostbackWebhook": heard(wire.EventPostback),
    "Referral": heard(wire.Referral),
    "ReferralDetails": heard(wire.ReferralDetails),
    "SourceWebhook": Shape((wire.EventSource,), said=False, only=_SOURCE),
    "SourceWithCampaignWebhook": heard(wire.EventSource),
    "UserTruncated": heard(wire.UserTruncated, first="id external_id authenticated zendesk_id"),
}
