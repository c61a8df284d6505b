# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .message_override_payload import MessageOverridePayload

class MessageOverrideMessenger(Model):
    messenger: MessageOverridePayload
    def __init__(self, messenger: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
