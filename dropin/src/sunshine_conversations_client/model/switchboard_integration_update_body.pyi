# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class SwitchboardIntegrationUpdateBody(Model):
    name: str | None
    integration_id: str | None
    integration_type: str | None
    deliver_standby_events: bool | None
    next_switchboard_integration_id: str | None
    message_history_count: int | None
    def __init__(
        self,
        name: str | None = None,
        integration_id: str | None = None,
        integration_type: str | None = None,
        deliver_standby_events: bool | None = None,
        next_switchboard_integration_id: str | None = None,
        message_history_count: int | None = None,
        **kwargs: Any,
    ) -> None: ...
