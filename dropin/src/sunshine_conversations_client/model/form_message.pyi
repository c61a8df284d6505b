# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .form_message_field import FormMessageField

class FormMessage(Model):
    type: str
    submitted: bool | None
    block_chat_input: bool | None
    fields: list[FormMessageField]
    text: str | None
    def __init__(
        self,
        type: str | None = None,
        submitted: bool | None = None,
        block_chat_input: bool | None = None,
        fields: list[Model | dict[str, Any]] | None = None,
        text: str | None = None,
        **kwargs: Any,
    ) -> None: ...
