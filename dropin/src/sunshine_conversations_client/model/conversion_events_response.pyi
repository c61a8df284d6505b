# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversion_events import ConversionEvents

class ConversionEventsResponse(Model):
    conversion_events: ConversionEvents | None
    def __init__(self, conversion_events: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
