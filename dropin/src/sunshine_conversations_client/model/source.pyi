# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Source(Model):
    type: str | None
    integration_id: str | None
    original_message_id: str | None
    original_message_timestamp: str | None
    client: Any
    device: Any
    def __init__(
        self,
        type: str | None = None,
        integration_id: str | None = None,
        original_message_id: str | None = None,
        original_message_timestamp: str | None = None,
        client: Any = None,
        device: Any = None,
        **kwargs: Any,
    ) -> None: ...
