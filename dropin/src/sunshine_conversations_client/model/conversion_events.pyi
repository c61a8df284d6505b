# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ConversionEvents(Model):
    dataset_id: str | None
    events_received: int | None
    def __init__(self, dataset_id: str | None = None, events_received: int | None = None, **kwargs: Any) -> None: ...
