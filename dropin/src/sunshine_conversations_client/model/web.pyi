# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration
from .prechat_capture import PrechatCapture

class Web(Integration):
    type: str
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
    can_user_see_conversation_list: bool | None
    can_user_create_more_conversations: bool | None
    attachments_enabled: bool | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        type: str | None = None,
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
        can_user_see_conversation_list: bool | None = None,
        can_user_create_more_conversations: bool | None = None,
        attachments_enabled: bool | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
