# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .action_subset import ActionSubset
from .item import Item

class ListMessage(Model):
    type: str
    items: list[Item]
    actions: list[ActionSubset] | None
    text: str | None
    block_chat_input: bool | None
    def __init__(
        self,
        type: str | None = None,
        items: list[Model | dict[str, Any]] | None = None,
        actions: list[Model | dict[str, Any]] | None = None,
        text: str | None = None,
        block_chat_input: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
