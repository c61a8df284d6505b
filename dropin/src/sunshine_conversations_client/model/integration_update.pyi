# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .prechat_capture import PrechatCapture

class IntegrationUpdate(OneOf):
    display_name: str | None
    default_responder_id: str | None
    project_id: str | None
    client_email: str | None
    private_key: str | None
    server_key: str | None
    sender_id: str | None
    can_user_create_more_conversations: bool | None
    page_access_token: str | None
    certificate: str | None
    password: str | None
    production: bool | None
    auto_update_badge: bool | None
    hide_unsubscribe_link: bool | None
    from_address: str | None
    brand_color: str | None
    fixed_intro_pane: bool | None
    conversation_color: str | None
    action_color: str | None
    display_style: str | None
    button_icon_url: str | None
    button_width: str | None
    button_height: str | None
    integration_order: list[str] | None
    business_name: str | None
    business_icon_url: str | None
    background_image_url: str | None
    origin_whitelist: list[str] | None
    prechat_capture: PrechatCapture | None
    hsm_fallback_language: str | None
    account_id: str | None
    account_management_access_token: str | None
    show_ai_disclaimer: bool | None
    can_user_see_conversation_list: bool | None
    story_replies_enabled: bool | None
    story_mentions_enabled: bool | None
    authentication_message_secret: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        default_responder_id: str | None = None,
        project_id: str | None = None,
        client_email: str | None = None,
        private_key: str | None = None,
        server_key: str | None = None,
        sender_id: str | None = None,
        can_user_create_more_conversations: bool | None = None,
        page_access_token: str | None = None,
        certificate: str | None = None,
        password: str | None = None,
        production: bool | None = None,
        auto_update_badge: bool | None = None,
        hide_unsubscribe_link: bool | None = None,
        from_address: str | None = None,
        brand_color: str | None = None,
        fixed_intro_pane: bool | None = None,
        conversation_color: str | None = None,
        action_color: str | None = None,
        display_style: str | None = None,
        button_icon_url: str | None = None,
        button_width: str | None = None,
        button_height: str | None = None,
        integration_order: list[str] | None = None,
        business_name: str | None = None,
        business_icon_url: str | None = None,
        background_image_url: str | None = None,
        origin_whitelist: list[str] | None = None,
        prechat_capture: Model | dict[str, Any] | None = None,
        hsm_fallback_language: str | None = None,
        account_id: str | None = None,
        account_management_access_token: str | None = None,
        show_ai_disclaimer: bool | None = None,
        can_user_see_conversation_list: bool | None = None,
        story_replies_enabled: bool | None = None,
        story_mentions_enabled: bool | None = None,
        authentication_message_secret: str | None = None,
        **kwargs: Any,
    ) -> None: ...
