# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Instagram(Integration):
    type: str
    page_access_token: str
    app_id: str
    app_secret: str
    business_name: str | None
    business_username: str | None
    page_id: str | None
    business_id: str | None
    username: str | None
    user_id: str | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    story_replies_enabled: bool | None
    story_mentions_enabled: bool | None
    def __init__(
        self,
        type: str | None = None,
        page_access_token: str | None = None,
        app_id: str | None = None,
        app_secret: str | None = None,
        business_name: str | None = None,
        business_username: str | None = None,
        page_id: str | None = None,
        business_id: str | None = None,
        username: str | None = None,
        user_id: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        story_replies_enabled: bool | None = None,
        story_mentions_enabled: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
