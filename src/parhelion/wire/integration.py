"""Integrations: the ways by which users and programs reach an app. Sixteen types, told apart by `type`.

What is answered is here; what is sent to create one is in integration_create, what changes one in integration_update.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import field

from ._wire import Discreet, Tagged, Unknown, Wire
from .content import FormField
from .page import Links, Meta
from .webhook import Webhook

INTEGRATION_TYPES = (
    *("android", "apple", "custom", "instagram", "ios", "line", "mailgun", "messagebird"),
    *("messenger", "telegram", "twilio", "twitter", "unity", "viber", "web", "whatsapp"),
)
AI_DISCLAIMER = "showAIDisclaimer"


class _Any(Tagged, Discreet, kw_only=True):
    """What all types have. `status` is "active", "inactive" or "error" today."""

    id: str
    status: str | None = None
    display_name: str | None = None


class DefaultResponder(Wire, kw_only=True):
    """Who answers first on an integration: `inherited` from the switchboard, or set on the integration itself."""

    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: int | float | None = None
    inherited: bool | None = None


class _Channel(_Any, kw_only=True):
    """What all types but `custom` have."""

    default_responder: DefaultResponder | None = None
    show_ai_disclaimer: bool | None = field(name=AI_DISCLAIMER, default=None)


class _Sdk(_Channel, kw_only=True):
    """What the types have that live inside a business's own website or program."""

    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None
    attachments_enabled: bool | None = None


class Android(_Sdk, kw_only=True, tag="android"):
    """The SDK for Android. Its credentials for notifications are never answered."""

    sender_id: str | None = None


class Apple(_Channel, kw_only=True, tag="apple"):
    """Apple Messages for Business."""

    secrets: ClassVar[frozenset[str]] = frozenset({"authentication_message_secret"})

    business_id: str
    msp_id: str
    authentication_message_secret: str | None = None


class Custom(_Any, kw_only=True, tag="custom"):
    """A program of your own: it hears by webhooks and speaks with keys of this integration alone."""

    webhooks: list[Webhook]


class Instagram(_Channel, kw_only=True, tag="instagram"):
    """Instagram Direct."""

    app_id: str
    business_name: str | None = None
    business_username: str | None = None
    page_id: str | None = None
    business_id: str | None = None
    username: str | None = None
    user_id: str | None = None
    story_replies_enabled: bool | None = None
    story_mentions_enabled: bool | None = None


class Ios(_Sdk, kw_only=True, tag="ios"):
    """The SDK for iOS. Its certificate and password are never answered."""

    production: bool | None = None
    auto_update_badge: bool | None = None


class Line(_Channel, kw_only=True, tag="line"):
    """LINE."""

    secrets: ClassVar[frozenset[str]] = frozenset({"channel_secret", "channel_access_token", "switcher_secret"})

    channel_id: str | None = None
    channel_secret: str | None = None
    channel_access_token: str | None = None
    service_code: str | None = None
    switcher_secret: str | None = None
    qr_code_url: str | None = None
    line_id: str | None = None


class Mailgun(_Channel, kw_only=True, tag="mailgun"):
    """Email through Mailgun."""

    secrets: ClassVar[frozenset[str]] = frozenset({"signing_key"})

    domain: str
    incoming_address: str
    signing_key: str | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: str | None = None


class Messagebird(_Channel, kw_only=True, tag="messagebird"):
    """Text messages through MessageBird."""

    secrets: ClassVar[frozenset[str]] = frozenset({"webhook_secret"})

    originator: str
    webhook_secret: str | None = None


class Messenger(_Channel, kw_only=True, tag="messenger"):
    """Facebook Messenger."""

    secrets: ClassVar[frozenset[str]] = frozenset({"page_access_token"})

    app_id: str
    page_access_token: str | None = None
    page_id: int | float | None = None
    page_name: str | None = None


class Telegram(_Channel, kw_only=True, tag="telegram"):
    """Telegram."""

    username: str | None = None
    bot_id: str | None = None


class Twilio(_Channel, kw_only=True, tag="twilio"):
    """Text messages through Twilio."""

    account_sid: str
    phone_number_sid: str | None = None
    messaging_service_sid: str | None = None


class Twitter(_Channel, kw_only=True, tag="twitter"):
    """Twitter. `tier` is "enterprise"."""

    tier: str
    env_name: str | None = None


class Unity(_Sdk, kw_only=True, tag="unity"):
    """The SDK for Unity."""


class Viber(_Channel, kw_only=True, tag="viber"):
    """Viber."""

    uri: str | None = None
    account_id: str | None = None


class PrechatCapture(Wire, kw_only=True):
    """What the Web Messenger asks before the first message."""

    avatar_url: str | None = None
    enabled: bool | None = None
    enable_email_linking: bool | None = None
    fields: list[FormField] | None = None


class Web(_Sdk, kw_only=True, tag="web"):
    """The Web Messenger: how it looks and what it allows. Colours are hexadecimal and have no `#`."""

    brand_color: str | None = None
    fixed_intro_pane: bool | None = None
    conversation_color: str | None = None
    action_color: str | None = None
    display_style: str | None = None
    button_icon_url: str | None = None
    button_width: str | None = None
    button_height: str | None = None
    integration_order: list[str] | None = None
    business_name: str | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    prechat_capture: PrechatCapture | None = None


class Whatsapp(_Channel, kw_only=True, tag="whatsapp"):
    """WhatsApp."""

    secrets: ClassVar[frozenset[str]] = frozenset({"account_management_access_token"})

    hsm_fallback_language: str | None = None
    account_id: str | None = None
    account_management_access_token: str | None = None
    phone_number: str | None = None


class UnknownIntegration(Unknown, kw_only=True, tag="(unknown)"):
    """An integration of a type that came after this version; `fields` is the object as it arrived."""

    @property
    def id(self) -> str:
        """Its id, which every integration has."""
        return str(self.fields.get("id", ""))

    @property
    def status(self) -> str | None:
        """Its status, where it says one."""
        return self.fields.get("status")

    @property
    def display_name(self) -> str | None:
        """Its name, where it has one."""
        return self.fields.get("displayName")


Integration = (
    Android
    | Apple
    | Custom
    | Instagram
    | Ios
    | Line
    | Mailgun
    | Messagebird
    | Messenger
    | Telegram
    | Twilio
    | Twitter
    | Unity
    | Viber
    | Web
    | Whatsapp
    | UnknownIntegration
)


class IntegrationResponse(Wire, kw_only=True):
    """One integration."""

    integration: Integration


class IntegrationListFilter(Wire, kw_only=True):
    """Which integrations: those of certain types, such as `types="custom,web"`."""

    types: str | None = None


class IntegrationListResponse(Wire, kw_only=True):
    """A page of integrations, oldest first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    integrations: list[Integration]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[Integration]:
        return self.integrations
