# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class SwitchboardIntegrationWebhook(Model):
    id: str | None
    name: str | None
    integration_id: str | None
    integration_type: str | None
    def __init__(
        self,
        id: str | None = None,
        name: str | None = None,
        integration_id: str | None = None,
        integration_type: str | None = None,
        **kwargs: Any,
    ) -> None: ...
