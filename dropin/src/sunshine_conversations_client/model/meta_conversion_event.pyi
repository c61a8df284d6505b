# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .meta_conversion_event_payload import MetaConversionEventPayload

class MetaConversionEvent(Model):
    payload: MetaConversionEventPayload
    def __init__(self, payload: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...
