# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .apple_message_override_payload import AppleMessageOverridePayload

class MessageOverrideApple(Model):
    apple: AppleMessageOverridePayload
    def __init__(self, apple: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
