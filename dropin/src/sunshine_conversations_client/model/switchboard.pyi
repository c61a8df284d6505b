# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Switchboard(Model):
    id: str | None
    enabled: bool | None
    default_switchboard_integration_id: str | None
    def __init__(
        self,
        id: str | None = None,
        enabled: bool | None = None,
        default_switchboard_integration_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
