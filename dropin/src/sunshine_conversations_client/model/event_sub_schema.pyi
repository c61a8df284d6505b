# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class EventSubSchema(Model):
    id: Any
    type: Any
    created_at: Any
    def __init__(self, id: Any = None, type: Any = None, created_at: Any = None, **kwargs: Any) -> None: ...
