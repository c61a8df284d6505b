# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder
from .integration import Integration

class Twitter(Integration):
    type: str
    tier: str
    env_name: str | None
    consumer_key: str
    consumer_secret: str
    access_token_key: str
    access_token_secret: str
    default_responder_id: str | None
    default_responder: DefaultResponderDefaultResponder | None
    id: str | None
    status: str | None
    display_name: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        type: str | None = None,
        tier: str | None = None,
        env_name: str | None = None,
        consumer_key: str | None = None,
        consumer_secret: str | None = None,
        access_token_key: str | None = None,
        access_token_secret: str | None = None,
        default_responder_id: str | None = None,
        default_responder: Model | dict[str, Any] | None = None,
        id: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
