# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client import Client
from .device import Device

class SourceWebhook(Model):
    type: Any
    integration_id: Any
    original_message_id: Any
    original_message_timestamp: Any
    client: Client | None
    device: Device | None
    def __init__(
        self,
        type: Any = None,
        integration_id: Any = None,
        original_message_id: Any = None,
        original_message_timestamp: Any = None,
        client: Model | dict[str, Any] | None = None,
        device: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
