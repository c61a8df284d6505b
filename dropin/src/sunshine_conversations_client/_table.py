"""The old names, and what they stand for in `parhelion.wire`: see `_shapes`. What is not here does not exist."""

from __future__ import annotations

from typing import Any, Literal

from parhelion import wire

from ._events import EVENTS
from ._integrations import INTEGRATIONS
from ._shapes import AnyShape, either, heard, part, said, told

_ACTION = "type text amount currency metadata uri default extra_channel_options payload"

MODELS: dict[str, AnyShape] = {
    # messages
    "MessagePost": said(wire.MessagePost),
    "Author": said(
        wire.Author, wire.MessageAuthor, first="type subtypes user_id user_external_id display_name avatar_url"
    ),
    "Destination": either("IntegrationId IntegrationType", wire.Destination, first="integration_id integration_type"),
    "IntegrationId": part(wire.Destination, "integration_id"),
    "IntegrationType": part(wire.Destination, "integration_type"),
    "MessageOverride": either(
        "MessageOverrideApple MessageOverrideLine MessageOverrideMessenger MessageOverrideWhatsapp",
        wire.MessageOverride,
        first="apple line messenger whatsapp",
    ),
    "MessageOverrideApple": part(wire.MessageOverride, "apple"),
    "MessageOverrideLine": part(wire.MessageOverride, "line"),
    "MessageOverrideMessenger": part(wire.MessageOverride, "messenger"),
    "MessageOverrideWhatsapp": part(wire.MessageOverride, "whatsapp"),
    "AppleMessageOverridePayload": said(wire.AppleOverridePayload),
    "MessageOverridePayload": said(wire.OverridePayload),
    "Message": heard(
        wire.Message, first="id received author content source quoted_message metadata deleted activity references"
    ),
    "Source": heard(
        wire.Source,
        first="type integration_id original_message_id original_message_timestamp client device",
        holds="client:Client device:Device",
    ),
    "ActivityMessage": either("TicketClosed TransferToEmail EndedByUser", wire.Activity),
    "TicketClosed": said(wire.Activity, tag="ticket:closed"),
    "TransferToEmail": said(wire.Activity, tag="ticket:transfer:email"),
    "EndedByUser": said(wire.Activity, tag="conversation:endedByUser"),
    "Reference": heard(wire.Reference),
    "QuotedMessage": either(
        "QuotedMessageMessage QuotedMessageExternalMessageId", wire.Quote, first="type message external_message_id"
    ),
    "QuotedMessageMessage": heard(wire.QuotedMessage),
    "QuotedMessageExternalMessageId": heard(wire.QuotedExternalMessage),
    "MessageListResponse": heard(wire.MessageListResponse),
    "MessagePostResponse": heard(wire.MessagePostResponse),
    # content
    "Content": either(
        "TextMessage CarouselMessage FileMessage FormMessage FormResponseMessage ImageMessage ListMessage "
        "LocationMessage TemplateMessage",
        wire.Content,
        wire.SendableContent,
        first="type text actions payload items display_settings media_url media_size media_type alt_text "
        "attachment_id submitted block_chat_input fields text_fallback coordinates location template",
    ),
    "TextMessage": said(wire.TextMessage, first="type text actions payload"),
    "ImageMessage": said(
        wire.ImageMessage, first="type media_url media_type media_size alt_text text actions attachment_id"
    ),
    "FileMessage": said(wire.FileMessage, first="type media_url media_size media_type alt_text text attachment_id"),
    "CarouselMessage": said(wire.CarouselMessage, first="type text items display_settings"),
    "CarouselMessageDisplaySettings": said(wire.DisplaySettings),
    "ListMessage": said(wire.ListMessage),
    "FormMessage": said(wire.FormMessage, first="type submitted block_chat_input fields"),
    # In 9 and 12 one model was read for the fields of forms and of answers: each has the other's, which are None.
    "FormMessageField": said(
        wire.FormField,
        first="type name label text email select placeholder min_size max_size options quoted_message_id",
    ),
    "FormOptionsInner": said(wire.FieldOption, first="label name", as_dict=True),
    "FormResponseMessage": said(wire.FormResponseMessage),
    "FormResponseMessageField": said(
        wire.FormResponseField,
        first="type name label text email select quoted_message_id placeholder min_size max_size options",
        holds="options:[FormOptionsInner]",
    ),
    "Field": said(
        wire.FormField, first="type name label placeholder min_size max_size text email select options"
    ),  # 9's name for both
    "LocationMessage": said(wire.LocationMessage, first="type text coordinates location"),
    "LocationMessageCoordinates": said(wire.Coordinates),
    "LocationMessageLocation": said(wire.Place, first="address name"),
    "TemplateMessage": said(wire.TemplateMessage),
    "Item": said(wire.Item),
    # actions
    "Action": either(
        "Buy Link LocationRequest Postback Reply Webview",
        wire.Action,
        first=f"{_ACTION} icon_url size fallback open_on_receive",
    ),
    "ActionSubset": either(
        "Buy Link Postback Webview", wire.ItemAction, first=f"{_ACTION} size fallback open_on_receive"
    ),
    "Buy": said(wire.Buy),
    "Link": said(wire.Link, first="type uri text default metadata extra_channel_options"),
    "LocationRequest": said(wire.LocationRequest),
    "Postback": said(wire.Postback),
    "Reply": said(wire.Reply, first="type text payload metadata icon_url"),
    "Webview": said(
        wire.Webview,
        first="type uri text default metadata extra_channel_options size fallback open_on_receive",
    ),
    "ExtraChannelOptions": said(wire.ExtraChannelOptions),
    "ExtraChannelOptionsMessenger": said(wire.MessengerOptions),
    # pages, attachments, errors
    "Page": said(wire.Page, first="after before size"),
    "Meta": heard(wire.Meta, first="has_more after_cursor before_cursor"),
    "Links": heard(wire.Links),
    "AttachmentDeleteBody": said(wire.AttachmentDeleteBody),
    "AttachmentSchema": heard(wire.Attachment),
    "AttachmentUploadBody": told("source:file"),  # no method ever took it; the next two belong to methods that are gone
    "AttachmentMediaTokenBody": told("paths:[str]"),
    "AttachmentMediaTokenResponse": told("tokens:object"),
    "AttachmentResponse": heard(wire.AttachmentResponse),
    "Error": heard(wire.Error),
    "ErrorResponse": heard(wire.Errors),
    # apps and their keys
    "App": heard(wire.App, first="id display_name settings metadata"),
    "AppCreateBody": said(wire.AppCreateBody),
    "AppSettings": said(
        wire.AppSettings,
        wire.AppSettingsUpdate,
        first="conversation_retention_seconds mask_credit_card_numbers use_animal_names echo_postback "
        "ignore_auto_conversation_start multi_convo_enabled attachments_access attachments_token_expiration_seconds "
        "app_localization_enabled",
    ),
    "AppUpdateBody": said(wire.AppUpdateBody),
    "AppListFilter": said(wire.AppListFilter),
    "AppResponse": heard(wire.AppResponse),
    "AppListResponse": heard(wire.AppListResponse),
    "AppKey": heard(wire.AppKey),
    "AppKeyCreateBody": said(wire.AppKeyCreateBody),
    "AppKeyResponse": heard(wire.AppKeyResponse),
    "AppKeyListResponse": heard(wire.AppKeyListResponse),
    # users
    "User": heard(wire.User, first="id external_id signed_up_at profile metadata identities"),
    "UserCreateBody": said(wire.UserCreateBody, first="external_id signed_up_at profile metadata"),
    "UserResponse": heard(wire.UserResponse),
    "UserUpdateBody": said(wire.UserUpdateBody, first="signed_up_at profile metadata"),
    "UserListFilter": said(wire.UserListFilter),
    "UserListResponse": heard(wire.UserListResponse),
    "SyncUserBody": said(wire.SyncUserBody),
    "Profile": said(wire.ProfileUpdate, wire.Profile),
    "Identity": heard(wire.Identity),
    # conversations
    "Conversation": heard(
        wire.Conversation,
        first="id type metadata active_switchboard_integration pending_switchboard_integration is_default",
    ),
    "ConversationCreateBody": said(
        wire.ConversationCreateBody, first="type participants display_name description icon_url metadata"
    ),
    "ConversationResponse": heard(wire.ConversationResponse),
    "ConversationListFilter": said(wire.ConversationListFilter),
    "ConversationListResponse": heard(wire.ConversationListResponse),
    "ConversationUpdateBody": said(wire.ConversationUpdateBody),
    "DownloadMessageRefBody": said(wire.DownloadMessageRefBody),
    "DownloadMessageRefBodyAllOfApple": said(wire.AppleMessageRef),
    "DownloadMessageRefBodyAllOfAppleInteractiveDataRef": said(wire.InteractiveDataRef),
    "ConversionEventsBody": either(
        "InstagramConversionEventsBody MessengerConversionEventsBody WhatsAppConversionEventsBody",
        wire.ConversionEventsBody,
    ),
    "InstagramConversionEventsBody": part(wire.ConversionEventsBody, "instagram"),
    "MessengerConversionEventsBody": part(wire.ConversionEventsBody, "messenger"),
    "WhatsAppConversionEventsBody": part(wire.ConversionEventsBody, "whatsapp"),
    "MetaConversionEvent": said(wire.MetaConversionEvent),
    "MetaConversionEventPayload": said(wire.MetaConversionEventPayload),
    "ConversionEventsResponse": heard(wire.ConversionEventsResponse),
    "ConversionEvents": heard(wire.ConversionEvents),
    "ParticipantSubSchema": either(
        "ParticipantWithUserId ParticipantWithUserExternalId",
        wire.ParticipantSub,
        first="user_id subscribe_sdk_client user_external_id",
    ),
    "ParticipantWithUserId": part(wire.ParticipantSub, "user_id subscribe_sdk_client"),
    "ParticipantWithUserExternalId": part(wire.ParticipantSub, "user_external_id subscribe_sdk_client"),
    "Participant": heard(wire.Participant),
    "ParticipantResponse": heard(wire.ParticipantResponse),
    "ParticipantListResponse": heard(wire.ParticipantListResponse),
    "ParticipantJoinBody": said(wire.ParticipantJoinBody, first="user_id subscribe_sdk_client user_external_id"),
    "ParticipantLeaveBody": either(
        "ParticipantLeaveBodyUserId ParticipantLeaveBodyUserExternalId ParticipantLeaveBodyParticipantId",
        wire.ParticipantLeaveBody,
        first="user_id user_external_id participant_id",
    ),
    "ParticipantLeaveBodyUserId": part(wire.ParticipantLeaveBody, "user_id"),
    "ParticipantLeaveBodyUserExternalId": part(wire.ParticipantLeaveBody, "user_external_id"),
    "ParticipantLeaveBodyParticipantId": part(wire.ParticipantLeaveBody, "participant_id"),
    "ActivityPost": said(wire.ActivityPost),
    "ActivityTypes": told("type"),
    # clients, devices
    "Client": heard(wire.Client),
    "ClientAssociation": heard(wire.ClientAssociation),
    "ClientCreate": said(wire.ClientCreate),
    "ClientResponse": heard(wire.ClientResponse),
    "ClientListResponse": heard(wire.ClientListResponse),
    "Confirmation": said(wire.Confirmation),
    "Target": said(wire.Target),
    "MatchCriteria": either(
        "MatchCriteriaMailgun MatchCriteriaMessagebird MatchCriteriaTwilio MatchCriteriaWhatsapp",
        wire.MatchCriteria,
        first="type integration_id primary address subject phone_number",
    ),
    "MatchCriteriaBase": told("type integration_id primary:bool"),
    "MatchCriteriaMailgun": said(wire.MatchCriteriaMailgun, first="type integration_id primary address subject"),
    "MatchCriteriaMessagebird": said(wire.MatchCriteriaMessagebird, first="type integration_id primary phone_number"),
    "MatchCriteriaTwilio": said(wire.MatchCriteriaTwilio, first="type integration_id primary phone_number"),
    "MatchCriteriaWhatsapp": said(wire.MatchCriteriaWhatsapp, first="type integration_id primary phone_number"),
    "Device": heard(wire.Device),
    "DeviceResponse": heard(wire.DeviceResponse),
    "DeviceListResponse": heard(wire.DeviceListResponse),
    # switchboards, control
    "Switchboard": heard(wire.Switchboard),
    "SwitchboardUpdateBody": said(wire.SwitchboardUpdateBody),
    "SwitchboardResponse": heard(wire.SwitchboardResponse),
    "SwitchboardListResponse": heard(wire.SwitchboardListResponse),
    "SwitchboardIntegration": heard(wire.SwitchboardIntegration),
    "SwitchboardIntegrationCreateBody": said(wire.SwitchboardIntegrationCreateBody),
    "SwitchboardIntegrationUpdateBody": said(wire.SwitchboardIntegrationUpdateBody),
    "SwitchboardIntegrationResponse": heard(wire.SwitchboardIntegrationResponse),
    "SwitchboardIntegrationListResponse": heard(wire.SwitchboardIntegrationListResponse),
    "SwitchboardIntegrationWebhook": heard(wire.SwitchboardIntegrationSummary),
    "AcceptControlBody": said(wire.AcceptControlBody),
    "OfferControlBody": said(wire.OfferControlBody),
    "PassControlBody": said(wire.PassControlBody, first="switchboard_integration metadata reason"),
    "ReleaseControlBody": said(wire.ReleaseControlBody, first="metadata reason"),
    # OAuth
    "GetTokenRequest": said(wire.GetTokenRequest),
    "GetToken200Response": heard(wire.GetTokenResponse),
    **INTEGRATIONS,
    **EVENTS,
}
# 12 has the half of these that a base does not have under a name of its own: AndroidAllOf. Here it is the whole.
HALVES = (
    "Activity ActivityPost ClientAddEvent ClientRemoveEvent ClientUpdateEvent Conversation ConversationCreateEvent "
    "ConversationJoinEvent ConversationLeaveEvent ConversationMessageDeliveryChannelEvent "
    "ConversationMessageDeliveryFailureEvent ConversationMessageEvent ConversationPostbackEvent ConversationReadEvent "
    "ConversationReferralEvent ConversationRemoveEvent ConversationTypingEvent FormMessageField "
    "FormResponseMessageField Android AndroidUpdate Apple Custom CustomUpdate Instagram InstagramUpdate Ios IosUpdate "
    "Line Mailgun MailgunUpdate Messagebird Messenger Telegram Twilio Twitter Unity UnityUpdate Viber Web WebUpdate "
    "Whatsapp WhatsAppUpdate MatchCriteriaMailgun MatchCriteriaMessagebird MatchCriteriaTwilio "
    "MatchCriteriaWhatsapp SourceWithCampaignWebhook SwitchboardAcceptControl SwitchboardAcceptControlFailure "
    "SwitchboardOfferControl SwitchboardPassControl User UserMergeEvent UserUpdateEvent"
)
# Other names for the same, of one release or another.
ALIASES = {
    "ModelField": "Field",
    "InlineObject": "GetTokenRequest",
    "MessageWebhookSource": "SourceWithCampaignWebhook",
    "ConversationReadEventAllOfPayloadActivity": "Activity",
    "ConversationTypingEventAllOfPayloadActivity": "Activity",
    "ConversationMessageDeliveryPayloadExternalMessages": "ConversationMessageDeliveryPayloadExternalMessagesInner",
    **{f"{name}AllOf": name for name in HALVES.split()},
}

WORDS: dict[str, Any] = {
    "ConversationType": wire.ConversationType,
    "ClientType": Literal[
        "apple",
        "gbm",
        "googlercs",
        "instagram",
        "kakao",
        "line",
        "mailgun",
        "messagebird",
        "messenger",
        "slackconnect",
        "sdk",
        "telegram",
        "twilio",
        "twitter",
        "viber",
        "wechat",
        "whatsapp",
    ],
    "Status": Literal["inactive", "active", "error"],
}

# The fields, of a model or of its children, that hold a word: read as one, which is a string too.
WORDED = {
    ("Conversation", "type"): "ConversationType",
    ("ConversationCreateBody", "type"): "ConversationType",
    ("ConversationTruncated", "type"): "ConversationType",
    ("Client", "type"): "ClientType",
    ("ClientAssociation", "type"): "ClientType",
    ("Integration", "status"): "Status",
}

# Where the API lets null be said, and no release did when a program gave None: a dict that says it goes out as it is.
SILENT = {(wire.UserUpdateBody, "profile"), (wire.UserUpdateBody, "signed_up_at")}

# Positional arguments where the declaration has another order.
ARGUMENTS: dict[str, tuple[str, ...]] = {"UploadAttachment": ("access", "source", "for_", "conversation_id")}
# Arguments that the API learned after 17: they are given by name, since 17's options come in their place.
LATE = frozenset({"brand_id"})
# Arguments by the name of another release.
ONCE = {"inline_object": "get_token_request"}
