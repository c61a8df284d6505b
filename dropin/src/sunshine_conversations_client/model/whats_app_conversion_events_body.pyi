# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .meta_conversion_event import MetaConversionEvent

class WhatsAppConversionEventsBody(Model):
    whatsapp: MetaConversionEvent
    def __init__(self, whatsapp: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
