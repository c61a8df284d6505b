# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class OfferControlBody(Model):
    switchboard_integration: str
    metadata: Any
    def __init__(self, switchboard_integration: str | None = None, metadata: Any = None, **kwargs: Any) -> None: ...
