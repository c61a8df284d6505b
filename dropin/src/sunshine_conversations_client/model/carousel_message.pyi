# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .carousel_message_display_settings import CarouselMessageDisplaySettings
from .item import Item

class CarouselMessage(Model):
    type: str
    text: str | None
    items: list[Item]
    display_settings: CarouselMessageDisplaySettings | None
    block_chat_input: bool | None
    def __init__(
        self,
        type: str | None = None,
        text: str | None = None,
        items: list[Model | dict[str, Any]] | None = None,
        display_settings: Model | dict[str, Any] | None = None,
        block_chat_input: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
