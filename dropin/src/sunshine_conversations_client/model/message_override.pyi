# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .apple_message_override_payload import AppleMessageOverridePayload
from .message_override_payload import MessageOverridePayload

class MessageOverride(OneOf):
    apple: AppleMessageOverridePayload | None
    line: MessageOverridePayload | None
    messenger: MessageOverridePayload | None
    whatsapp: MessageOverridePayload | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        line: Model | dict[str, Any] | None = None,
        messenger: Model | dict[str, Any] | None = None,
        whatsapp: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
