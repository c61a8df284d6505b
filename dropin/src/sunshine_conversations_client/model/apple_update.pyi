# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AppleUpdate(Model):
    display_name: str | None
    default_responder_id: str | None
    authentication_message_secret: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        display_name: str | None = None,
        default_responder_id: str | None = None,
        authentication_message_secret: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
