# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Apple(Integration):
    type: str
    business_id: str
    api_secret: str
    msp_id: str
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    authentication_message_secret: str | None
    def __init__(
        self,
        type: str | None = None,
        business_id: str | None = None,
        api_secret: str | None = None,
        msp_id: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        authentication_message_secret: str | None = None,
        **kwargs: Any,
    ) -> None: ...
