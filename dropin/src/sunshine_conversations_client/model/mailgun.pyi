# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Mailgun(Integration):
    type: str
    api_key: str
    domain: str
    incoming_address: str
    hide_unsubscribe_link: bool | None
    from_address: str | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    signing_key: str | None
    def __init__(
        self,
        type: str | None = None,
        api_key: str | None = None,
        domain: str | None = None,
        incoming_address: str | None = None,
        hide_unsubscribe_link: bool | None = None,
        from_address: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        signing_key: str | None = None,
        **kwargs: Any,
    ) -> None: ...
