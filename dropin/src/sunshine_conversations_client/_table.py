"""The old names, and what they stand for in `parhelion.wire`. A model that is not here does not exist yet.

    said      what programs send: made whole or not at all, as the old clients did
    heard     what servers send: nothing is required of it
    eithers   one of several, told apart by `type` or by which field is there

`first` is the order of a model's positional arguments where it is not that of the struct; a name in it that the struct
does not know is a field of another release. Fields that were added since come after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from parhelion import wire


@dataclass(frozen=True)
class Shape:
    """One model: the structs whose fields it has."""

    structs: tuple[type[wire.Wire], ...]
    first: tuple[str, ...] = ()
    said: bool = True


@dataclass(frozen=True)
class Either:
    """A model that is one of others: with the fields of all of them, or holding one of them."""

    members: tuple[str, ...]
    first: tuple[str, ...] = ()
    hints: tuple[Any, ...] = field(default=(), repr=False)  # the types of wire that mean this model


def _said(*structs: type[wire.Wire], first: str = "") -> Shape:
    return Shape(structs, tuple(first.split()))


def _heard(*structs: type[wire.Wire], first: str = "") -> Shape:
    return Shape(structs, tuple(first.split()), said=False)


_CONTENTS = (
    "TextMessage",
    "CarouselMessage",
    "FileMessage",
    "FormMessage",
    "FormResponseMessage",
    "ImageMessage",
    "ListMessage",
    "LocationMessage",
    "TemplateMessage",
)
_ACTION = "type text amount currency metadata uri default extra_channel_options payload"
_CONTENT = (
    "type text actions payload items display_settings media_url media_size media_type alt_text attachment_id submitted "
    "block_chat_input fields text_fallback coordinates location template"
)

MODELS: dict[str, Shape | Either] = {
    # messages
    "MessagePost": _said(wire.MessagePost),
    "Author": _said(
        wire.Author, wire.MessageAuthor, first="type subtypes user_id user_external_id display_name avatar_url"
    ),
    "Destination": Either(("IntegrationId", "IntegrationType"), hints=(wire.Destination,)),
    "MessageOverride": Either(
        ("MessageOverrideApple", "MessageOverrideLine", "MessageOverrideMessenger", "MessageOverrideWhatsapp"),
        hints=(wire.MessageOverride,),
    ),
    "AppleMessageOverridePayload": _said(wire.AppleOverridePayload),
    "MessageOverridePayload": _said(wire.OverridePayload),
    "Message": _heard(
        wire.Message, first="id received author content source quoted_message metadata deleted activity references"
    ),
    "Source": _heard(
        wire.Source, first="type integration_id original_message_id original_message_timestamp client device"
    ),
    "ActivityMessage": _heard(wire.Activity),
    "Reference": _heard(wire.Reference),
    "QuotedMessage": Either(
        ("QuotedMessageMessage", "QuotedMessageExternalMessageId"),
        ("type", "message", "external_message_id"),
        (wire.Quote,),
    ),
    "QuotedMessageMessage": _heard(wire.QuotedMessage),
    "QuotedMessageExternalMessageId": _heard(wire.QuotedExternalMessage),
    "MessageListResponse": _heard(wire.MessageListResponse),
    "MessagePostResponse": _heard(wire.MessagePostResponse),
    # content
    "Content": Either(_CONTENTS, tuple(_CONTENT.split()), (wire.Content, wire.SendableContent)),
    "TextMessage": _said(wire.TextMessage, first="type text actions payload"),
    "ImageMessage": _said(
        wire.ImageMessage, first="type media_url media_type media_size alt_text text actions attachment_id"
    ),
    "FileMessage": _said(wire.FileMessage, first="type media_url media_size media_type alt_text text attachment_id"),
    "CarouselMessage": _said(wire.CarouselMessage, first="type text items display_settings"),
    "CarouselMessageDisplaySettings": _said(wire.DisplaySettings),
    "ListMessage": _said(wire.ListMessage),
    "FormMessage": _said(wire.FormMessage, first="type submitted block_chat_input fields"),
    "FormMessageField": _said(
        wire.FormField, first="type name label text email select placeholder min_size max_size options"
    ),
    "FormOptionsInner": _said(wire.FieldOption, first="label name"),
    "FormResponseMessage": _said(wire.FormResponseMessage),
    "FormResponseMessageField": _said(
        wire.FormResponseField, first="type name label text email select quoted_message_id"
    ),
    "Field": _said(
        wire.FormField, first="type name label placeholder min_size max_size text email select options"
    ),  # 9's name for both
    "LocationMessage": _said(wire.LocationMessage, first="type text coordinates location"),
    "LocationMessageCoordinates": _said(wire.Coordinates),
    "LocationMessageLocation": _said(wire.Place, first="address name"),
    "TemplateMessage": _said(wire.TemplateMessage),
    "Item": _said(wire.Item),
    # actions
    "Action": Either(
        ("Buy", "Link", "LocationRequest", "Postback", "Reply", "Webview"),
        (*_ACTION.split(), "icon_url", "size", "fallback", "open_on_receive"),
        (wire.Action,),
    ),
    "ActionSubset": Either(
        ("Buy", "Link", "Postback", "Webview"),
        (*_ACTION.split(), "size", "fallback", "open_on_receive"),
        (wire.ItemAction,),
    ),
    "Buy": _said(wire.Buy),
    "Link": _said(wire.Link, first="type uri text default metadata extra_channel_options"),
    "LocationRequest": _said(wire.LocationRequest),
    "Postback": _said(wire.Postback),
    "Reply": _said(wire.Reply, first="type text payload metadata icon_url"),
    "Webview": _said(
        wire.Webview,
        first="type uri text default metadata extra_channel_options size fallback open_on_receive",
    ),
    "ExtraChannelOptions": _said(wire.ExtraChannelOptions),
    "ExtraChannelOptionsMessenger": _said(wire.MessengerOptions),
    # pages, attachments, errors
    "Page": _said(wire.Page, first="after before size"),
    "Meta": _heard(wire.Meta, first="has_more after_cursor before_cursor"),
    "Links": _heard(wire.Links),
    "AttachmentDeleteBody": _said(wire.AttachmentDeleteBody),
    "AttachmentSchema": _heard(wire.Attachment),
    "AttachmentResponse": _heard(wire.AttachmentResponse),
    "Error": _heard(wire.Error),
    "ErrorResponse": _heard(wire.Errors),
    # apps and their keys
    "App": _heard(wire.App, first="id display_name settings metadata"),
    "AppCreateBody": _said(wire.AppCreateBody),
    "AppSettings": _said(
        wire.AppSettings,
        first="conversation_retention_seconds mask_credit_card_numbers use_animal_names echo_postback "
        "ignore_auto_conversation_start multi_convo_enabled attachments_access attachments_token_expiration_seconds "
        "app_localization_enabled",
    ),
    "AppResponse": _heard(wire.AppResponse),
    "AppListResponse": _heard(wire.AppListResponse),
    "AppKey": _heard(wire.AppKey),
    "AppKeyCreateBody": _said(wire.AppKeyCreateBody),
    "AppKeyResponse": _heard(wire.AppKeyResponse),
    # users
    "User": _heard(wire.User, first="id external_id signed_up_at profile metadata identities"),
    "UserCreateBody": _said(wire.UserCreateBody, first="external_id signed_up_at profile metadata"),
    "UserResponse": _heard(wire.UserResponse),
    "Profile": _said(wire.Profile),
    "Identity": _heard(wire.Identity),
    # conversations
    "Conversation": _heard(
        wire.Conversation,
        first="id type metadata active_switchboard_integration pending_switchboard_integration is_default",
    ),
    "ConversationCreateBody": _said(
        wire.ConversationCreateBody, first="type participants display_name description icon_url metadata"
    ),
    "ConversationResponse": _heard(wire.ConversationResponse),
    "ParticipantSubSchema": Either(
        ("ParticipantWithUserId", "ParticipantWithUserExternalId"),
        ("user_id", "subscribe_sdk_client", "user_external_id"),
        (wire.ParticipantSub,),
    ),
    "SwitchboardIntegrationWebhook": _heard(wire.SwitchboardIntegrationSummary),
}
# Some fields of a struct, under a name of their own. The first is required.
PARTS: dict[str, tuple[type[wire.Wire], tuple[str, ...]]] = {
    "IntegrationId": (wire.Destination, ("integration_id",)),
    "IntegrationType": (wire.Destination, ("integration_type",)),
    "MessageOverrideApple": (wire.MessageOverride, ("apple",)),
    "MessageOverrideLine": (wire.MessageOverride, ("line",)),
    "MessageOverrideMessenger": (wire.MessageOverride, ("messenger",)),
    "MessageOverrideWhatsapp": (wire.MessageOverride, ("whatsapp",)),
    "ParticipantWithUserId": (wire.ParticipantSub, ("user_id", "subscribe_sdk_client")),
    "ParticipantWithUserExternalId": (wire.ParticipantSub, ("user_external_id", "subscribe_sdk_client")),
}
WORDS: dict[str, Any] = {"ConversationType": wire.ConversationType}

# Positional arguments where the declaration has another order.
ARGUMENTS: dict[str, tuple[str, ...]] = {"UploadAttachment": ("access", "source", "for_", "conversation_id")}


def snake(name: str) -> str:
    """PostMessage -> post_message, OAuthEndpointsApi -> o_auth_endpoints_api."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
