# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .default_responder_default_responder import DefaultResponderDefaultResponder

class DefaultResponder(Model):
    default_responder: DefaultResponderDefaultResponder | None
    def __init__(self, default_responder: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
