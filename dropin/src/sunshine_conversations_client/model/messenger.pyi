# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Messenger(Integration):
    type: str
    page_access_token: str
    app_id: str
    app_secret: str
    page_id: int | None
    page_name: str | None
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        type: str | None = None,
        page_access_token: str | None = None,
        app_id: str | None = None,
        app_secret: str | None = None,
        page_id: int | None = None,
        page_name: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
