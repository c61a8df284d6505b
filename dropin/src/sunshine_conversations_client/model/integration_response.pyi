# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .integration import Integration

class IntegrationResponse(Model):
    integration: Integration | None
    def __init__(self, integration: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
