# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Twilio(Integration):
    type: str
    account_sid: str
    auth_token: str
    phone_number_sid: str | None
    messaging_service_sid: str | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        type: str | None = None,
        account_sid: str | None = None,
        auth_token: str | None = None,
        phone_number_sid: str | None = None,
        messaging_service_sid: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
