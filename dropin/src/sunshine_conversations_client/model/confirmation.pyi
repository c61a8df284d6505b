# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .message_post import MessagePost

class Confirmation(Model):
    type: str
    message: MessagePost | None
    def __init__(
        self, type: str | None = None, message: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> None: ...
