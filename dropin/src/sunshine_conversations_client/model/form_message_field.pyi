# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .form_options_inner import FormOptionsInner

class FormMessageField(Model):
    type: str
    name: str
    label: str
    text: str | None
    email: str | None
    select: list[FormOptionsInner] | None
    placeholder: str | None
    min_size: int | None
    max_size: int | None
    options: list[FormOptionsInner] | None
    quoted_message_id: Any
    format: str | None
    def __init__(
        self,
        type: str | None = None,
        name: str | None = None,
        label: str | None = None,
        text: str | None = None,
        email: str | None = None,
        select: list[Model | dict[str, Any]] | None = None,
        placeholder: str | None = None,
        min_size: int | None = None,
        max_size: int | None = None,
        options: list[Model | dict[str, Any]] | None = None,
        quoted_message_id: Any = None,
        format: str | None = None,
        **kwargs: Any,
    ) -> None: ...
