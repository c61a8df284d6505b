# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .meta_conversion_event import MetaConversionEvent

class ConversionEventsBody(OneOf):
    whatsapp: MetaConversionEvent | None
    messenger: MetaConversionEvent | None
    instagram: MetaConversionEvent | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        messenger: Model | dict[str, Any] | None = None,
        instagram: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
