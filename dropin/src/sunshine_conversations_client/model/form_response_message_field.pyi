# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .form_options_inner import FormOptionsInner

class FormResponseMessageField(Model):
    type: str
    name: str
    label: str
    text: str | None
    email: str | None
    select: list[FormOptionsInner] | None
    quoted_message_id: str | None
    placeholder: Any
    min_size: Any
    max_size: Any
    options: list[FormOptionsInner] | None
    format: str | None
    def __init__(
        self,
        type: str | None = None,
        name: str | None = None,
        label: str | None = None,
        text: str | None = None,
        email: str | None = None,
        select: list[Model | dict[str, Any]] | None = None,
        quoted_message_id: str | None = None,
        placeholder: Any = None,
        min_size: Any = None,
        max_size: Any = None,
        options: list[Model | dict[str, Any]] | None = None,
        format: str | None = None,
        **kwargs: Any,
    ) -> None: ...
