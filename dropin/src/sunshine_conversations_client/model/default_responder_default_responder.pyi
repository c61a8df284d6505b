# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class DefaultResponderDefaultResponder(Model):
    switchboard_id: Any
    app_id: Any
    integration_id: str | None
    integration_type: str | None
    name: str | None
    deliver_standby_events: bool | None
    next_switchboard_integration_id: str | None
    message_history_count: int | None
    inherited: bool | None
    def __init__(
        self,
        switchboard_id: Any = None,
        app_id: Any = None,
        integration_id: str | None = None,
        integration_type: str | None = None,
        name: str | None = None,
        deliver_standby_events: bool | None = None,
        next_switchboard_integration_id: str | None = None,
        message_history_count: int | None = None,
        inherited: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
