# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class DefaultResponderId(Model):
    default_responder_id: Any
    def __init__(self, default_responder_id: str | None = None, **kwargs: Any) -> None: ...
