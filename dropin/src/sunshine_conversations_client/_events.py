"""The models of what webhooks bring. Programs read them with `from_dict`; no operation answers them.

Each event has an id, a type, the moment it was made, and a payload of its own.
"""

from __future__ import annotations

from ._shapes import AnyShape, told

_CONVERSATION = "conversation:ConversationTruncated"
_SOURCE = "type integration_id original_message_id original_message_timestamp client:Client device:Device"
_DELIVERY = (
    f"user:User {_CONVERSATION} message:ConversationMessageDeliveryPayloadMessage "
    "destination:ConversationMessageDeliveryPayloadDestination "
    "external_messages:[ConversationMessageDeliveryPayloadExternalMessagesInner] is_final_event:bool"
)
_ENVELOPE = "id type created_at payload:"

PAYLOADS = {
    "ClientAddEvent": f"{_CONVERSATION} user:UserTruncated client:Client reason source:SourceWebhook",
    "ClientRemoveEvent": f"{_CONVERSATION} user:UserTruncated client:Client reason error source:SourceWebhook",
    "ClientUpdateEvent": f"{_CONVERSATION} user:UserTruncated client:Client reason",
    "ConversationCreateEvent": f"{_CONVERSATION} creation_reason source:SourceWithCampaignWebhook user:User "
    "referral:Referral",
    "ConversationJoinEvent": f"{_CONVERSATION} user:UserTruncated",
    "ConversationLeaveEvent": f"{_CONVERSATION} user:UserTruncated",
    "ConversationMessageDeliveryFailureEvent": f"{_DELIVERY} "
    "error:ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError",
    "ConversationMessageEvent": f"{_CONVERSATION} message:MessageWebhook recent_notifications:[MessageWebhook]",
    "ConversationPostbackEvent": f"postback:PostbackWebhook {_CONVERSATION} user:User source:SourceWithCampaignWebhook",
    "ConversationReadEvent": f"{_CONVERSATION} activity:Activity",
    "ConversationReferralEvent": f"{_CONVERSATION} user:User source:SourceWithCampaignWebhook referral:Referral",
    "ConversationRemoveEvent": _CONVERSATION,
    "ConversationTypingEvent": f"{_CONVERSATION} activity:Activity",
    "SwitchboardAcceptControl": f"{_CONVERSATION} metadata",
    "SwitchboardAcceptControlFailure": f"error {_CONVERSATION} metadata",
    "SwitchboardOfferControl": f"{_CONVERSATION} metadata",
    "SwitchboardPassControl": f"{_CONVERSATION} metadata reason",
    "SwitchboardReleaseControl": f"{_CONVERSATION} metadata reason",
    "UserMergeEvent": "merged_users:UserMergeEventAllOfPayloadMergedUsers "
    "merged_conversations:UserMergeEventAllOfPayloadMergedConversations "
    "merged_clients:UserMergeEventAllOfPayloadMergedClients discarded_metadata reason",
    "UserRemoveEvent": "user:UserTruncated",
    "UserUpdateEvent": "user:User reason source:SourceWebhook",
}
# Where a payload is another's.
SHARED = {
    "ConversationMessageDeliveryChannelEvent": "ConversationMessageDeliveryPayload",
    "ConversationMessageDeliveryUserEvent": "ConversationMessageDeliveryPayload",
    "SwitchboardOfferControlFailure": "SwitchboardAcceptControlFailureAllOfPayload",
    "SwitchboardPassControlFailure": "SwitchboardAcceptControlFailureAllOfPayload",
}

EVENTS: dict[str, AnyShape] = {
    "EventSubSchema": told("id type created_at"),
    "WebhookSubSchema": told("id version"),
    "AppSubSchema": told("id"),
    **{name: told(f"{_ENVELOPE}{name}AllOfPayload") for name in PAYLOADS},
    **{f"{name}AllOfPayload": told(fields) for name, fields in PAYLOADS.items()},
    **{name: told(_ENVELOPE + payload) for name, payload in SHARED.items()},
    "ConversationMessageDeliveryPayload": told(_DELIVERY),
    "ConversationMessageDeliveryPayloadMessage": told("id"),
    "ConversationMessageDeliveryPayloadDestination": told("type integration_id"),
    "ConversationMessageDeliveryPayloadExternalMessagesInner": told("id"),
    "ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError": told("code message"),
    "UserMergeEventAllOfPayloadMergedUsers": told("surviving:User discarded:User"),
    "UserMergeEventAllOfPayloadMergedConversations": told(
        "surviving:ConversationTruncated discarded:ConversationTruncated"
    ),
    "UserMergeEventAllOfPayloadMergedClients": told("surviving:Client discarded:Client"),
    # what payloads are made of
    "Activity": told("type source:SourceWebhook author:AuthorWebhook"),
    "AuthorWebhook": told("type user_id user:User"),
    "Campaign": told("id"),
    "ConversationTruncated": told(
        "id type metadata active_switchboard_integration:SwitchboardIntegrationWebhook "
        "pending_switchboard_integration:SwitchboardIntegrationWebhook"
    ),
    "MessageWebhook": told(
        "id received author:AuthorWebhook content:Content source:SourceWithCampaignWebhook "
        "quoted_message:QuotedMessage metadata deleted:bool"
    ),
    "PostbackWebhook": told("payload metadata"),
    "Referral": told("code details:ReferralDetails"),
    "ReferralDetails": told("source type ad_id"),
    "SourceWebhook": told(_SOURCE),
    "SourceWithCampaignWebhook": told(f"{_SOURCE} campaign:Campaign"),
    "UserTruncated": told("id external_id authenticated:bool zendesk_id"),
}
