# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model, OneOf
from .apple_message_override_payload import AppleMessageOverridePayload
from .message_override_payload import MessageOverridePayload

class MessageOverride(OneOf):
    whatsapp: MessageOverridePayload | None
    messenger: MessageOverridePayload | None
    line: MessageOverridePayload | None
    apple: AppleMessageOverridePayload | None
    def __init__(
        self,
        whatsapp: Model | dict[str, Any] | None = None,
        messenger: Model | dict[str, Any] | None = None,
        line: Model | dict[str, Any] | None = None,
        apple: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
