# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Line(Integration):
    type: str
    channel_id: str | None
    channel_secret: str | None
    channel_access_token: str | None
    service_code: str | None
    switcher_secret: str | None
    qr_code_url: str | None
    line_id: str | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        type: str | None = None,
        channel_id: str | None = None,
        channel_secret: str | None = None,
        channel_access_token: str | None = None,
        service_code: str | None = None,
        switcher_secret: str | None = None,
        qr_code_url: str | None = None,
        line_id: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
