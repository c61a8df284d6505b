# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .action import Action

class TextMessage(Model):
    type: str
    text: str | None
    actions: list[Action] | None
    payload: str | None
    html_text: str | None
    markdown_text: str | None
    block_chat_input: bool | None
    def __init__(
        self,
        type: str | None = None,
        text: str | None = None,
        actions: list[Model | dict[str, Any]] | None = None,
        payload: str | None = None,
        html_text: str | None = None,
        markdown_text: str | None = None,
        block_chat_input: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
