# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .switchboard_integration import SwitchboardIntegration

class SwitchboardIntegrationResponse(Model):
    switchboard_integration: SwitchboardIntegration | None
    def __init__(self, switchboard_integration: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
