# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .meta_conversion_event import MetaConversionEvent

class MessengerConversionEventsBody(Model):
    messenger: MetaConversionEvent
    def __init__(self, messenger: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
