"""What changes of an integration: one shape for all types, of which each takes its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType, field

from ._wire import Discreet, Name, Wire
from .content import FormField
from .integration import AI_DISCLAIMER
from .integration_create import AuthenticationSecret, Color, Said


class PrechatCaptureUpdate(Wire, kw_only=True):
    """What changes of what is asked before the first message; `fields` are replaced as a whole."""

    avatar_url: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    enable_email_linking: bool | UnsetType = UNSET
    fields: list[FormField] | UnsetType = UNSET


class IntegrationUpdate(Discreet, kw_only=True):
    """What changes of an integration. What is absent stays; None takes away.

    An integration takes the fields of its own type, which are told in UPDATABLE, and leaves the others alone.
    """

    secrets: ClassVar[frozenset[str]] = frozenset(
        {
            *("private_key", "server_key", "authentication_message_secret", "page_access_token", "certificate"),
            *("password", "account_management_access_token"),
        }
    )

    # all
    display_name: Name | UnsetType | None = UNSET
    # all but custom
    default_responder_id: str | UnsetType | None = UNSET
    show_ai_disclaimer: bool | UnsetType = field(name=AI_DISCLAIMER, default=UNSET)
    # android, ios, unity, web
    can_user_see_conversation_list: bool | UnsetType = UNSET
    can_user_create_more_conversations: bool | UnsetType = UNSET
    # android
    project_id: Said | UnsetType | None = UNSET
    client_email: Said | UnsetType | None = UNSET
    private_key: Said | UnsetType | None = UNSET
    server_key: Said | UnsetType | None = UNSET
    sender_id: Said | UnsetType | None = UNSET
    # apple
    authentication_message_secret: AuthenticationSecret | UnsetType = UNSET
    # instagram and, the first of them, messenger
    page_access_token: str | UnsetType = UNSET
    story_replies_enabled: bool | UnsetType = UNSET
    story_mentions_enabled: bool | UnsetType = UNSET
    # ios
    certificate: Said | UnsetType | None = UNSET
    password: str | UnsetType = UNSET
    production: bool | UnsetType = UNSET
    auto_update_badge: bool | UnsetType = UNSET
    # mailgun
    hide_unsubscribe_link: bool | UnsetType = UNSET
    from_address: Said | UnsetType | None = UNSET
    # web
    brand_color: Color | UnsetType = UNSET
    fixed_intro_pane: bool | UnsetType = UNSET
    conversation_color: Color | UnsetType = UNSET
    action_color: Color | UnsetType = UNSET
    display_style: Literal["button", "tab"] | UnsetType = UNSET
    button_icon_url: str | UnsetType | None = UNSET
    button_width: str | UnsetType = UNSET
    button_height: str | UnsetType = UNSET
    integration_order: list[str] | UnsetType | None = UNSET
    business_name: str | UnsetType = UNSET
    business_icon_url: str | UnsetType = UNSET
    background_image_url: str | UnsetType = UNSET
    origin_whitelist: list[str] | UnsetType | None = UNSET
    prechat_capture: PrechatCaptureUpdate | UnsetType = UNSET
    # whatsapp
    hsm_fallback_language: str | UnsetType | None = UNSET
    account_id: str | UnsetType | None = UNSET
    account_management_access_token: str | UnsetType | None = UNSET


_CUSTOM = ("display_name",)
_CHANNEL = (*_CUSTOM, "default_responder_id", "show_ai_disclaimer")
_SDK = (*_CHANNEL, "can_user_see_conversation_list", "can_user_create_more_conversations")

UPDATABLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "android": (*_SDK, "project_id", "client_email", "private_key", "server_key", "sender_id"),
        "apple": (*_CHANNEL, "authentication_message_secret"),
        "custom": _CUSTOM,
        "instagram": (*_CHANNEL, "page_access_token", "story_replies_enabled", "story_mentions_enabled"),
        "ios": (*_SDK, "certificate", "password", "production", "auto_update_badge"),
        "line": _CHANNEL,
        "mailgun": (*_CHANNEL, "hide_unsubscribe_link", "from_address"),
        "messagebird": _CHANNEL,
        "messenger": (*_CHANNEL, "page_access_token"),
        "telegram": _CHANNEL,
        "twilio": _CHANNEL,
        "twitter": _CHANNEL,
        "unity": _SDK,
        "viber": _CHANNEL,
        "web": (
            *_SDK,
            *("brand_color", "fixed_intro_pane", "conversation_color", "action_color", "display_style"),
            *("button_icon_url", "button_width", "button_height", "integration_order", "business_name"),
            *("business_icon_url", "background_image_url", "origin_whitelist", "prechat_capture"),
        ),
        "whatsapp": (*_CHANNEL, "hsm_fallback_language", "account_id", "account_management_access_token"),
    }
)
