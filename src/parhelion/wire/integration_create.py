"""Integrations as they are sent to be created. Credentials are sent only: no answer shows them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import field

from ._wire import Discreet, Tagged, Wire
from .content import FormField
from .integration import AI_DISCLAIMER
from .webhook import WebhookCreateBody

Said = Annotated[str, msgspec.Meta(min_length=1)]
Color = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-fA-F]{3}){1,2}(?!\n)$")]
AuthenticationSecret = Annotated[str, msgspec.Meta(min_length=88)]


class _AnyCreate(Tagged, Discreet, kw_only=True):
    """What all types may say."""

    display_name: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class _ChannelCreate(_AnyCreate, kw_only=True):
    """What all types but `custom` may say. The responder is a switchboard integration of the app, by its id."""

    default_responder_id: str | None = None
    show_ai_disclaimer: bool | None = field(name=AI_DISCLAIMER, default=True)


class _SdkCreate(_ChannelCreate, kw_only=True):
    """What the types may say that live inside a business's own website or program."""

    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None


class AndroidCreate(_SdkCreate, kw_only=True, tag="android"):
    """A new SDK for Android. The credentials are those of Firebase; `server_key` and `sender_id` are deprecated."""

    secrets: ClassVar[frozenset[str]] = frozenset({"private_key", "server_key"})

    project_id: Said | None = None
    client_email: Said | None = None
    private_key: Said | None = None
    server_key: Said | None = None
    sender_id: Said | None = None


class AppleCreate(_ChannelCreate, kw_only=True, tag="apple"):
    """Apple Messages for Business, newly. `authentication_message_secret` has at least 88 characters."""

    secrets: ClassVar[frozenset[str]] = frozenset({"api_secret", "authentication_message_secret"})

    business_id: str
    api_secret: str
    msp_id: str
    authentication_message_secret: AuthenticationSecret | None = None


class CustomCreate(_AnyCreate, kw_only=True, tag="custom"):
    """A new program of your own, with exactly one webhook. More can be added with `webhooks.create`."""

    webhooks: Annotated[list[WebhookCreateBody], msgspec.Meta(min_length=1, max_length=1)]


class InstagramCreate(_ChannelCreate, kw_only=True, tag="instagram"):
    """Instagram Direct, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset({"page_access_token", "app_secret"})

    page_access_token: str | None
    app_id: str
    app_secret: str | None
    story_replies_enabled: bool | None = True
    story_mentions_enabled: bool | None = True


class IosCreate(_SdkCreate, kw_only=True, tag="ios"):
    """A new SDK for iOS. The certificate is in base64."""

    secrets: ClassVar[frozenset[str]] = frozenset({"certificate", "password"})

    certificate: Said | None = None
    password: str | None = None
    production: bool | None = None
    auto_update_badge: bool | None = None


class LineCreate(_ChannelCreate, kw_only=True, tag="line"):
    """LINE, newly. The channel's id and secret can be left out together."""

    secrets: ClassVar[frozenset[str]] = frozenset({"channel_secret", "channel_access_token", "switcher_secret"})

    channel_id: str | None = None
    channel_secret: str | None = None
    channel_access_token: str | None = None
    service_code: str | None = None
    switcher_secret: Said | None = None
    qr_code_url: str | None = None


class MailgunCreate(_ChannelCreate, kw_only=True, tag="mailgun"):
    """Email through Mailgun, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset({"api_key", "signing_key"})

    api_key: Said | None
    domain: Said
    incoming_address: Said
    signing_key: Said | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: Said | None = None


class MessagebirdCreate(_ChannelCreate, kw_only=True, tag="messagebird"):
    """Text messages through MessageBird, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset({"access_key", "signing_key"})

    access_key: Said | None
    signing_key: Said | None
    originator: Said


class MessengerCreate(_ChannelCreate, kw_only=True, tag="messenger"):
    """Facebook Messenger, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset({"page_access_token", "app_secret"})

    page_access_token: str | None
    app_id: str
    app_secret: str | None
    page_id: int | float | None = None
    page_name: str | None = None


class TelegramCreate(_ChannelCreate, kw_only=True, tag="telegram"):
    """Telegram, newly, by the token of a bot."""

    secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: Said | None


class TwilioCreate(_ChannelCreate, kw_only=True, tag="twilio"):
    """Text messages through Twilio, newly: a number, or a messaging service."""

    secrets: ClassVar[frozenset[str]] = frozenset({"auth_token"})

    account_sid: str
    auth_token: Said | None
    phone_number_sid: Said | None = None
    messaging_service_sid: Said | None = None


class TwitterCreate(_ChannelCreate, kw_only=True, tag="twitter"):
    """Twitter, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset(
        {"consumer_key", "consumer_secret", "access_token_key", "access_token_secret"}
    )

    tier: Literal["enterprise"]
    consumer_key: Said
    consumer_secret: Said | None
    access_token_key: Said
    access_token_secret: Said | None


class UnityCreate(_SdkCreate, kw_only=True, tag="unity"):
    """A new SDK for Unity."""


class ViberCreate(_ChannelCreate, kw_only=True, tag="viber"):
    """Viber, newly, by the token of a public account."""

    secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: Said | None


class PrechatCaptureCreate(Wire, kw_only=True):
    """What the Web Messenger shall ask before the first message."""

    avatar_url: str | None = None
    enabled: bool | None = False
    enable_email_linking: bool | None = False
    fields: list[FormField] | None = None


class WebCreate(_SdkCreate, kw_only=True, tag="web"):
    """A new Web Messenger. Colours are 3 or 6 hexadecimal digits, sizes are in pixels."""

    brand_color: Color | None = "65758e"
    fixed_intro_pane: bool | None = False
    conversation_color: Color | None = "0099ff"
    action_color: Color | None = "0099ff"
    display_style: Literal["button", "tab"] | None = "button"
    button_icon_url: str | None = None
    button_width: str | None = "58"
    button_height: str | None = "58"
    integration_order: list[str] | None = None
    business_name: str | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    prechat_capture: PrechatCaptureCreate | None = None


class WhatsappCreate(_ChannelCreate, kw_only=True, tag="whatsapp"):
    """WhatsApp, newly."""

    secrets: ClassVar[frozenset[str]] = frozenset({"account_management_access_token"})

    hsm_fallback_language: str | None = "en_US"
    account_id: str | None = None
    account_management_access_token: str | None = None


IntegrationCreate = Annotated[
    AndroidCreate
    | AppleCreate
    | CustomCreate
    | InstagramCreate
    | IosCreate
    | LineCreate
    | MailgunCreate
    | MessagebirdCreate
    | MessengerCreate
    | TelegramCreate
    | TwilioCreate
    | TwitterCreate
    | UnityCreate
    | ViberCreate
    | WebCreate
    | WhatsappCreate,
    msgspec.Meta(extra={"otherwise": "Invalid integration type"}),  # the hosted service's words
]
