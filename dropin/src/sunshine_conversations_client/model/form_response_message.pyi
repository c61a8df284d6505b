# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .form_response_message_field import FormResponseMessageField

class FormResponseMessage(Model):
    type: str
    fields: list[FormResponseMessageField]
    text_fallback: str | None
    def __init__(
        self,
        type: str | None = None,
        fields: list[Model | dict[str, Any]] | None = None,
        text_fallback: str | None = None,
        **kwargs: Any,
    ) -> None: ...
