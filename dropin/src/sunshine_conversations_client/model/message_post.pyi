# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .author import Author
from .content import Content
from .destination import Destination
from .message_override import MessageOverride

class MessagePost(Model):
    author: Author
    content: Content
    destination: Destination | None
    metadata: Any
    override: MessageOverride | None
    schema: str | None
    var_schema: str | None
    def __init__(
        self,
        author: Model | dict[str, Any] | None = None,
        content: Model | dict[str, Any] | None = None,
        destination: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        override: Model | dict[str, Any] | None = None,
        schema: str | None = None,
        **kwargs: Any,
    ) -> None: ...
