# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .message import Message

class QuotedMessage(OneOf):
    type: str | None
    message: Message | None
    external_message_id: str | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        message: Model | dict[str, Any] | None = None,
        external_message_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...
