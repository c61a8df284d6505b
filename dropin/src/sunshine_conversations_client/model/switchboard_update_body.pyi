# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class SwitchboardUpdateBody(Model):
    enabled: bool | None
    default_switchboard_integration_id: str | None
    def __init__(
        self, enabled: bool | None = None, default_switchboard_integration_id: str | None = None, **kwargs: Any
    ) -> None: ...
