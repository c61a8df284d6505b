# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ViberUpdate(Model):
    display_name: str | None
    default_responder_id: str | None
    show_ai_disclaimer: bool | None
    def __init__(
        self,
        display_name: str | None = None,
        default_responder_id: str | None = None,
        show_ai_disclaimer: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
