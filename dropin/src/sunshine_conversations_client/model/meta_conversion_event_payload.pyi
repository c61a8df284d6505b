# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class MetaConversionEventPayload(Model):
    data: Any
    def __init__(self, data: Any = None, **kwargs: Any) -> None: ...
