# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .client import Client
from .device import Device

class Source(Model):
    type: str | None
    integration_id: str | None
    original_message_id: str | None
    original_message_timestamp: str | None
    client: Client | None
    device: Device | None
    def __init__(
        self,
        type: str | None = None,
        integration_id: str | None = None,
        original_message_id: str | None = None,
        original_message_timestamp: str | None = None,
        client: Model | dict[str, Any] | None = None,
        device: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
