# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class TemplateMessage(Model):
    type: str
    template: Any
    block_chat_input: bool | None
    def __init__(
        self, type: str | None = None, template: Any = None, block_chat_input: bool | None = None, **kwargs: Any
    ) -> None: ...
