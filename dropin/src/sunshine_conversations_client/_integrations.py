"""Integrations by their old names: sixteen children of Integration, and sixteen ways to change one."""

from __future__ import annotations

from parhelion import wire

from ._shapes import AnyShape, Kinds, Shape, either, heard, part, said, told

# The order of positional arguments, after `type` and before the responder. Some fields of a release are gone.
_OWN = {
    "Android": "project_id client_email private_key server_key sender_id "
    "can_user_create_more_conversations attachments_enabled",
    "Apple": "business_id api_secret msp_id",
    "Custom": "webhooks",
    "Instagram": "page_access_token app_id app_secret business_name business_username page_id business_id username "
    "user_id",
    "Ios": "certificate password production auto_update_badge can_user_create_more_conversations attachments_enabled",
    "Line": "channel_id channel_secret channel_access_token service_code switcher_secret qr_code_url line_id",
    "Mailgun": "api_key domain incoming_address hide_unsubscribe_link from_address",
    "Messagebird": "access_key signing_key originator webhook_secret",
    "Messenger": "page_access_token app_id app_secret page_id page_name",
    "Telegram": "token username bot_id",
    "Twilio": "account_sid auth_token phone_number_sid messaging_service_sid",
    "Twitter": "tier env_name consumer_key consumer_secret access_token_key access_token_secret",
    "Unity": "can_user_create_more_conversations attachments_enabled",
    "Viber": "token uri account_id",
    "Web": "brand_color fixed_intro_pane conversation_color action_color display_style button_icon_url button_width "
    "button_height integration_order business_name business_icon_url background_image_url origin_whitelist "
    "prechat_capture can_user_see_conversation_list can_user_create_more_conversations attachments_enabled",
    "Whatsapp": "deployment_id hsm_fallback_language account_id account_management_access_token phone_number",
}
_RESPONDER = ("default_responder_id", "default_responder")
_UPDATES = {name: f"{name}Update" for name in _OWN} | {"Messagebird": "MessageBirdUpdate", "Whatsapp": "WhatsAppUpdate"}


def _integration(name: str) -> Shape:
    own = ("type", *_OWN[name].split(), *(() if name == "Custom" else _RESPONDER))
    structs = (getattr(wire, f"{name}Create"), getattr(wire, name))
    return Shape(structs, own, family="Integration", holds=("webhooks:[Webhook]",) if name == "Custom" else ())


def _update(name: str) -> Shape:
    fields = wire.UPDATABLE[name.lower()]
    late = [each for each in fields if each.startswith(("show_", "can_user_see_", "can_user_create_"))]
    return Shape((wire.IntegrationUpdate,), (*(each for each in fields if each not in late), *late[::-1]), only=fields)


INTEGRATIONS: dict[str, AnyShape] = {
    "Integration": Kinds(
        ("id", "type", "status", "display_name"), tuple(_OWN), (wire.Integration, wire.IntegrationCreate)
    ),
    **{name: _integration(name) for name in _OWN},
    "IntegrationUpdate": either(
        " ".join(_UPDATES.values()),
        wire.IntegrationUpdate,
        first="display_name default_responder_id project_id client_email private_key server_key sender_id "
        "can_user_create_more_conversations page_access_token certificate password production auto_update_badge "
        "hide_unsubscribe_link from_address brand_color fixed_intro_pane conversation_color action_color "
        "display_style button_icon_url button_width button_height integration_order business_name business_icon_url "
        "background_image_url origin_whitelist prechat_capture hsm_fallback_language account_id "
        "account_management_access_token",
    ),
    **{update: _update(name) for name, update in _UPDATES.items()},
    "IntegrationUpdateBase": part(wire.IntegrationUpdate, "display_name default_responder_id", required=False),
    "IntegrationResponse": heard(wire.IntegrationResponse),
    "IntegrationListFilter": said(wire.IntegrationListFilter),
    "IntegrationListResponse": heard(wire.IntegrationListResponse),
    "DefaultResponderDefaultResponder": heard(
        wire.DefaultResponder,
        first="switchboard_id app_id integration_id integration_type name deliver_standby_events "
        "next_switchboard_integration_id message_history_count inherited",
    ),
    "DefaultResponder": told("default_responder:DefaultResponderDefaultResponder"),
    "DefaultResponderId": told("default_responder_id"),
    "PrechatCapture": said(
        wire.PrechatCaptureCreate, wire.PrechatCapture, wire.PrechatCaptureUpdate, holds="fields:[Field]"
    ),
    # their keys and webhooks
    "ApiKey": heard(wire.ApiKey),
    "IntegrationApiKey": said(wire.IntegrationApiKey),
    "IntegrationApiKeyResponse": heard(wire.IntegrationApiKeyResponse),
    "IntegrationApiKeyListResponse": heard(wire.IntegrationApiKeyListResponse),
    "WebhookCreateBody": said(wire.WebhookCreateBody),
    "Webhook": said(wire.WebhookCreateBody, wire.Webhook, first="id version target triggers secret"),
    "WebhookBody": said(wire.WebhookBody),
    "WebhookResponse": heard(wire.WebhookResponse),
    "WebhookListResponse": heard(wire.WebhookListResponse),
}
