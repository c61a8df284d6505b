# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .links import Links
from .message import Message
from .meta import Meta

class MessageListResponse(Model):
    messages: list[Message] | None
    meta: Meta | None
    links: Links | None
    def __init__(
        self,
        messages: list[Model | dict[str, Any]] | None = None,
        meta: Model | dict[str, Any] | None = None,
        links: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
