# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .message import Message

class MessagePostResponse(Model):
    messages: list[Message] | None
    def __init__(self, messages: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
